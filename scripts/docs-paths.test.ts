import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const pages = [...globSync('*.md', { cwd: root }), ...globSync('docs/**/*.md', { cwd: root })].sort();

/** `platform/radl/parse.ts` and the like: files named in full from the root. Globs and placeholders are no names. */
const filePath =
  /(?<=`)(?:foundation|platform|drivers|imaging|apps|images|scripts|tests|bench|service-descriptions)\/[\w./-]+\.\w+(?=`)/g;
const link = /(?<=\]\()(?!https?:)[^)#]+/g;

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8');

  it('names only files that exist', () => {
    const missing = (text.match(filePath) ?? []).filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it('links only to pages that exist', () => {
    const missing = (text.match(link) ?? []).filter((path) => !existsSync(join(root, dirname(page), path)));
    expect(missing).toEqual([]);
  });
});
