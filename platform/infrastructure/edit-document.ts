import { PlatformError } from '@trencadis/errors';
import {
  type RadlContextualize,
  type RadlDeploy,
  type RadlDocument,
  type RadlSystem,
  parseRadl,
  printRadl,
} from '@trencadis/radl';
import type { GivenDocument } from './model.ts';

/** Changes a document and prints it again; its `@input...@` placeholders stay what they are filled with. */
export function editDocument(
  given: GivenDocument,
  document: RadlDocument,
  edit: (document: RadlDocument) => RadlDocument,
): GivenDocument {
  const { dialect, parameters } = given;
  return { radl: printRadl(edit(document)), dialect: dialect === 'im' ? 'im' : 'trencadis', parameters };
}

/**
 * What IM's AddResource does: networks and ansible sections that are known stay, systems and configures are replaced,
 * references mean what is known, `deploy` counts are added (spec/radl, section 6).
 */
export function addToDocument(base: RadlDocument, added: RadlDocument): RadlDocument {
  return {
    ...base,
    networks: [...base.networks, ...unknownOf(added.networks, base.networks)],
    ansibles: [...base.ansibles, ...unknownOf(added.ansibles, base.ansibles)],
    systems: replaced(base.systems, added.systems),
    services: replaced(base.services, added.services),
    configures: replaced(base.configures, added.configures),
    ...contextualizeOf(base.contextualize, added.contextualize),
    deploys: added.deploys.reduce(withMore, base.deploys),
  };
}

/** A fragment's own text refers to what only the whole document defines, so it is checked once they are one. */
export function parseFragment(radl: string, dialect: GivenDocument['dialect']): RadlDocument {
  const { document, diagnostics } = parseRadl(radl, { dialect });
  const problem = diagnostics.find(({ severity }) => severity === 'error');
  if (problem === undefined) return document;
  const { line, column } = problem.span;
  throw new PlatformError('invalid-argument', `${line}:${column} ${problem.code} ${problem.message}`, {
    subject: `${line}:${column}`,
  });
}

/** `deploy` counts lowered by those VMs; `clouds`: of each, all that the VM manager is called that it was placed at. */
export function removeFromDocument(
  base: RadlDocument,
  removed: readonly { readonly systemId: string; readonly clouds: readonly string[] }[],
): RadlDocument {
  const deploys = removed.reduce((all: readonly RadlDeploy[], { systemId, clouds }) => {
    const candidates = all.filter((each) => each.systemId === systemId && each.count > 0);
    const named = candidates.find(({ cloudId }) => cloudId !== undefined && clouds.includes(cloudId));
    const from = named ?? candidates.find(({ cloudId }) => cloudId === undefined) ?? candidates[0];
    return all.map((each) => (each === from ? { ...each, count: each.count - 1 } : each));
  }, base.deploys);
  return { ...base, deploys };
}

/** Only recipes and what they are applied to change. */
export function replaceConfigures(base: RadlDocument, given: RadlDocument): RadlDocument {
  return {
    ...base,
    configures: replaced(base.configures, given.configures),
    ...contextualizeOf(base.contextualize, given.contextualize),
  };
}

interface Section {
  readonly id: string;
  readonly isReference?: boolean;
}

function unknownOf<Kind extends Section>(added: readonly Kind[], known: readonly Kind[]): Kind[] {
  const ids = new Set(known.map(({ id }) => id));
  return added.filter(({ id }) => !ids.has(id));
}

function replaced<Kind extends Section>(base: readonly Kind[], added: readonly Kind[]): Kind[] {
  const definitions = new Map(
    added.filter((each) => each.isReference !== true).map((each) => [each.id, each]),
  );
  return [...base.map((each) => definitions.get(each.id) ?? each), ...unknownOf(added, base)];
}

function withMore(deploys: readonly RadlDeploy[], more: RadlDeploy): readonly RadlDeploy[] {
  const isSame = ({ systemId, cloudId }: RadlDeploy) =>
    systemId === more.systemId && cloudId === more.cloudId;
  if (!deploys.some(isSame)) return [...deploys, more];
  const first = deploys.findIndex(isSame);
  return deploys.map((each, index) => (index === first ? { ...each, count: each.count + more.count } : each));
}

/** One pair of system and configure has one step: the later item's. */
function contextualizeOf(
  base: RadlContextualize | undefined,
  added: RadlContextualize | undefined,
): { readonly contextualize?: RadlContextualize } {
  if (base === undefined || added === undefined) {
    const one = added ?? base;
    return one === undefined ? {} : { contextualize: one };
  }
  const times = [base.maxTimeSeconds, added.maxTimeSeconds].filter((each) => each !== undefined);
  const isAgain = ({ systemId, configureId }: RadlContextualize['items'][number]) =>
    added.items.some((each) => each.systemId === systemId && each.configureId === configureId);
  return {
    contextualize: {
      ...base,
      ...(times.length > 0 ? { maxTimeSeconds: Math.max(...times) } : {}),
      options: [...base.options, ...added.options],
      items: [...base.items.filter((item) => !isAgain(item)), ...added.items],
    },
  };
}

/** The one system that an alteration describes. */
export function alteredSystem(fragment: RadlDocument): RadlSystem {
  const [system, ...others] = fragment.systems;
  if (system !== undefined && others.length === 0) return system;
  const message = `An alteration describes one system with what is new about it; here are ${fragment.systems.length}.`;
  throw new PlatformError('invalid-argument', message, { subject: 'system' });
}
