import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodes, httpStatusOf } from '@trencadis/errors';
import { expect, it } from 'vitest';

const page = readFileSync(join(import.meta.dirname, '../docs/errors.md'), 'utf8');

/** `| code | HTTP | meaning | retried | undo | remedy |` */
const rows = page.matchAll(/^\| `([a-z-]+)` +\|(.+)\|$/gm).map(([, code, cells = '']) => ({
  code,
  cells: cells.split('|').map((cell) => cell.trim()),
}));
const documented = [...rows];

it('docs/errors.md has a row for every code and no other, in the order of the code', () => {
  expect(documented.map(({ code }) => code)).toEqual(errorCodes);
});

it.each(errorCodes)('docs/errors.md tells the HTTP status of %s', (code) => {
  expect(documented.find((row) => row.code === code)?.cells[0]).toBe(String(httpStatusOf(code)));
});

it.each(errorCodes)('docs/errors.md leaves no cell of %s empty', (code) => {
  const cells = documented.find((row) => row.code === code)?.cells ?? [];
  expect(cells).toHaveLength(5);
  expect(cells).not.toContain('');
});
