import { type Field, type RootName, type ShapeName, structures } from './structures.ts';
import type { XmlElement } from './xml-tree.ts';

/**
 * How a document departs from its structure, with the place; not at all: `undefined`. `exact` is for those who write
 * it: nothing may be missing or unknown. A reader passes over what a newer version adds and an older one has not yet.
 */
export function structureProblem(
  document: XmlElement,
  root: RootName,
  manner: 'exact' | 'reading',
): string | undefined {
  if (document.name !== root) return `its root is ${document.name}, not ${root}`;
  return problemIn(document, root, { path: root, isExact: manner === 'exact' });
}

interface Place {
  readonly path: string;
  readonly isExact: boolean;
}

function problemIn(element: XmlElement, shape: ShapeName, place: Place): string | undefined {
  const fields = structures[shape];
  if (place.isExact) {
    const unknown = element.children.find(({ name }) => fields.every((field) => field.name !== name));
    if (unknown !== undefined) return `${place.path} has an element ${unknown.name}, which is not known`;
  }
  const counts = Map.groupBy(element.children, ({ name }) => name);
  for (const field of fields) {
    const found = counts.get(field.name) ?? [];
    const path = `${place.path}/${field.name}`;
    const problem =
      countProblem(field, found.length, { ...place, path }) ?? valueProblem(field, found, place);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function countProblem({ occurs }: Field, count: number, { path, isExact }: Place): string | undefined {
  const isNeeded = occurs === 'once' || (occurs === 'by-version' && isExact);
  if (isNeeded && count === 0) return `${path} is missing`;
  return occurs !== 'any' && count > 1 ? `${path} is there ${count} times` : undefined;
}

function valueProblem(
  { name, shape }: Field,
  found: readonly XmlElement[],
  place: Place,
): string | undefined {
  for (const element of found) {
    const path = `${place.path}/${name}`;
    const problem =
      shape in structures
        ? problemIn(element, shape as ShapeName, { ...place, path })
        : scalarProblem(element, shape, path);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

const scalars: Readonly<Record<string, RegExp>> = { int: /^-?\d+$/, dec: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i };

function scalarProblem({ text, children }: XmlElement, shape: string, path: string): string | undefined {
  if (shape === 'any') return undefined;
  if (children.length > 0) return `${path} has elements and should have none`;
  const pattern = scalars[shape];
  return pattern === undefined || pattern.test(text.trim()) ? undefined : `${path} is no ${shape}`;
}
