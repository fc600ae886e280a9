import type { XmlElement } from './xml-tree.ts';

export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((child) => child.name === name);
}

export function childrenOf(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Absent, or empty: `undefined`. OpenNebula writes an attribute that was emptied as an empty element. */
export function textOf(element: XmlElement | undefined, name: string): string | undefined {
  const text = childOf(element, name)?.text.trim();
  return text === '' ? undefined : text;
}

/** Absent, or no number: `undefined`. */
export function numberOf(element: XmlElement | undefined, name: string): number | undefined {
  const value = Number(textOf(element, name));
  return Number.isFinite(value) ? value : undefined;
}

/** Of an element whose structure was checked: it is there. */
export function idOf(element: XmlElement): number {
  return numberOf(element, 'ID') ?? -1;
}

/** `<VMS><ID>3</ID></VMS>`. */
export function idsOf(element: XmlElement | undefined, name: string): readonly number[] {
  return childrenOf(childOf(element, name), 'ID').map(({ text }) => Number(text));
}
