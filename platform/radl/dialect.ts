import type { Dialect } from './model.ts';

const marker = /^[ \t]*#[ \t]*dialect[ \t]*:[ \t]*(im|paper|trencadis)[ \t]*\r?$/;

/** The dialect a document names in its leading comments (`# dialect: paper`); `trencadis` when it names none. */
export function detectDialect(text: string): Dialect {
  for (const line of leadingComments(text)) {
    const dialect = marker.exec(line)?.[1];
    if (dialect === 'im' || dialect === 'paper' || dialect === 'trencadis') return dialect;
  }
  return 'trencadis';
}

function* leadingComments(text: string): Generator<string> {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start < text.length) {
    const newline = text.indexOf('\n', start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) return;
    yield line;
    start = end + 1;
  }
}
