import type { Dialect } from '@trencadis/radl';
import { globSync, readFileSync } from 'node:fs';

/** A document of the corpus and what each dialect says of it. */
export interface CorpusDocument {
  /** `tokens/blanks` */
  readonly name: string;
  /** Rows of the checklist. */
  readonly rows: readonly string[];
  /** `accepted` or `refused`, then `CODE@line` of every diagnostic, with `!` behind an error. */
  readonly verdicts: Readonly<Record<Dialect, string>>;
  /** Lines of the header, which is not part of the document. */
  readonly headerLines: number;
  readonly text: string;
}

export const dialects = ['im', 'paper', 'trencadis'] as const satisfies readonly Dialect[];

const endOfHeader = '# ---\n';

/** All documents of this folder, by name. */
export function readCorpus(): readonly CorpusDocument[] {
  return globSync('*/*.radl', { cwd: import.meta.dirname })
    .toSorted()
    .map((path) => readDocument(path));
}

function readDocument(path: string): CorpusDocument {
  const source = readFileSync(`${import.meta.dirname}/${path}`, 'utf8');
  const end = source.indexOf(endOfHeader);
  if (end < 0) throw new Error(`${path} has no line "# ---" between its verdicts and the document`);
  const header = source.slice(0, end).split('\n').slice(0, -1);
  const lineOf = (word: string): string => {
    const line = header.find((each) => each.startsWith(`# ${word}`));
    if (line === undefined) throw new Error(`${path} has no line "# ${word}" in its header`);
    return line
      .slice(word.length + 2)
      .replace(':', '')
      .trim()
      .replaceAll(/ +/g, ' ');
  };
  return {
    name: path.replace(/\.radl$/, ''),
    rows: lineOf('rows').split(', '),
    verdicts: { im: lineOf('im'), paper: lineOf('paper'), trencadis: lineOf('trencadis') },
    headerLines: header.length + 1,
    text: source.slice(end + endOfHeader.length),
  };
}
