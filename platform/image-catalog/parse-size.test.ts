import { describe, expect, it } from 'vitest';
import { parseSize } from './parse-size.ts';

describe('parseSize', () => {
  it.each([
    ['4096', 4096],
    ['17 B', 17],
    ['1K', 1e3],
    ['1Ki', 2 ** 10],
    ['512M', 512e6],
    ['512Mi', 2 ** 29],
    ['512MB', 512e6],
    ['512MiB', 2 ** 29],
    ['10G', 10e9],
    ['10 g', 10e9],
    ['1Gi', 2 ** 30],
    ['2 GB', 2e9],
    [' 1.5 TiB ', 1.5 * 2 ** 40],
    ['1T', 1e12],
    ['1Ti', 2 ** 40],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', 'G', 'big', '1 P', '-1G', '1i', '1e3', '1 GiBs', '1 constructor'])('%j is none', (text) => {
    expect(parseSize(text)).toBeUndefined();
  });
});
