import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { splitLines } from './split-lines.ts';

function linesOf(pieces: readonly string[]): string[] {
  const lines: string[] = [];
  const splitter = splitLines((line) => lines.push(line));
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

describe('splitLines', () => {
  test.prop([fc.array(fc.stringMatching(/^[ab\n]{0,6}$/))])('sees the same lines in any pieces', (pieces) => {
    expect(linesOf(pieces)).toEqual(linesOf([pieces.join('')]));
  });

  it('keeps empty lines, takes off both line ends, and gives an unfinished last line', () => {
    expect(linesOf(['a\r\n\nb', 'c\r', '\nd'])).toEqual(['a', '', 'bc', 'd']);
  });

  it('gives a line as soon as it is whole', () => {
    const lines: string[] = [];
    const splitter = splitLines((line) => lines.push(line));
    splitter.push('one\ntw');
    expect(lines).toEqual(['one']);
  });
});
