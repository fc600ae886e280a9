import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { diagnosticTitles, featureKeys, hasErrors, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import { radlReference } from './radl-reference.ts';

const page = readFileSync(join(import.meta.dirname, '../docs/radl-reference.md'), 'utf8');

describe('docs/radl-reference.md', () => {
  it('is as `npm run generate` writes it', () => {
    expect(page).toBe(radlReference());
  });

  it('has a row for every key and every code', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| '));
    const missing = featureKeys.filter(({ key }) => !rows.some((row) => row.startsWith(`| \`${key}\` `)));
    expect(missing).toEqual([]);
    const codes = Object.keys(diagnosticTitles);
    expect(codes.filter((code) => !rows.some((row) => row.startsWith(`| ${code} `)))).toEqual([]);
  });

  it.each([...page.matchAll(/```radl\n([^]*?)```/g)].map(([, example = '']) => example))(
    'has only examples whose form is right: %.30s',
    (example) => {
      const { diagnostics } = readRadl(example);
      expect(hasErrors(diagnostics.filter(({ code }) => !/^RADL31[12]$/.test(code)))).toBe(false);
    },
  );
});
