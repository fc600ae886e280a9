import { escapeXml } from '../../xml-tree.ts';
import type { Template, Vector } from './template.ts';

/** An element of XML; `inner` is XML itself. */
export const element = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;

export function texts(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => element(name, escapeXml(String(value))))
    .join('');
}

const cdata = (text: string): string => `<![CDATA[${text}]]>`;

/** As OpenNebula writes a template: sorted by name, values as CDATA. */
export function templateXml(root: string, template: Template): string {
  const sorted = template.toSorted((one, other) => one.name.localeCompare(other.name, 'en'));
  const inner = sorted.map(({ name, value }) =>
    element(name, typeof value === 'string' ? cdata(value) : vectorXml(value)),
  );
  return element(root, inner.join(''));
}

function vectorXml(vector: Vector): string {
  return Object.entries(vector)
    .map(([name, value]) => element(name, cdata(value)))
    .join('');
}

export function ids(root: string, numbers: Iterable<number>): string {
  return element(root, [...numbers].map((id) => element('ID', String(id))).join(''));
}

/** Of what its owner may use and manage. */
export function permissions(isPublic: boolean): string {
  const other = isPublic ? 1 : 0;
  const owner = { OWNER_U: 1, OWNER_M: 1, OWNER_A: 0 };
  return element(
    'PERMISSIONS',
    texts({ ...owner, GROUP_U: other, GROUP_M: 0, GROUP_A: 0, OTHER_U: other, OTHER_M: 0, OTHER_A: 0 }),
  );
}
