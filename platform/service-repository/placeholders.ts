/** `@input.NAME@` in RADL text. */
export interface Placeholder {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** `bare`: where RADL has a number. In a comment it is no placeholder. */
  readonly where: 'text' | 'bare' | 'recipe';
}

/** A recipe, a comment, a text in quotes with its pairs `\'`, or a placeholder by itself: as RADL's lexer reads them. */
const piece =
  /(?<recipe>@begin[^\n]*(?:\n(?!@end)[^\n]*)*)|(?<comment>#[^\n]*)|(?<text>'(?:\\[^]|[^\\'])*')|(?<bare>@input\.[^@\s']*@)/g;
const placeholder = /@input\.([^@\s']*)@/g;

/** In the order of the text. */
export function placeholdersOf(radl: string): readonly Placeholder[] {
  const found: Placeholder[] = [];
  let line = 1;
  let counted = 0;
  for (const { 0: image, index, groups = {} } of radl.matchAll(piece)) {
    const where =
      groups['recipe'] === undefined ? (groups['text'] === undefined ? 'bare' : 'text') : 'recipe';
    if (groups['comment'] !== undefined) continue;
    for (const { 0: all, 1: name = '', index: offset } of image.matchAll(placeholder)) {
      const start = index + offset;
      line += countLines(radl.slice(counted, start));
      counted = start;
      found.push({ name, start, end: start + all.length, line, where });
    }
  }
  return found;
}

export function namesIn(radl: string): readonly string[] {
  return [...new Set(placeholdersOf(radl).map(({ name }) => name))];
}

/** The text with every placeholder replaced; one without a value stays as it is. */
export function fillIn(radl: string, values: ReadonlyMap<string, string>): string {
  let filled = '';
  let from = 0;
  for (const { name, start, end, where } of placeholdersOf(radl)) {
    const value = values.get(name);
    if (value === undefined || where === 'recipe') continue;
    filled += radl.slice(from, start) + (where === 'text' ? value.replaceAll("'", String.raw`\'`) : value);
    from = end;
  }
  return filled + radl.slice(from);
}

export function countLines(text: string): number {
  return text.split('\n').length - 1;
}
