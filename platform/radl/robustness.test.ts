import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DiagnosticList } from './diagnostics.ts';
import { DocumentGrammar } from './document-grammar.ts';
import { formatDiagnostic } from './format-diagnostic.ts';
import { lexRadl } from './lexer.ts';
import type { Dialect } from './model.ts';
import { printRadl } from './print.ts';
import { readRadl } from './read.ts';
import { arbitraryDocument } from './testing/arbitrary-document.ts';

const figure3 = readFileSync(new URL('./testing/fig3-as-printed.radl', import.meta.url), 'utf8');
const dialect = fc.constantFrom<Dialect>('im', 'paper', 'trencadis');
const fragments =
  'system network configure deploy contextualize ansible description step with option soft and contains ' +
  'service input output ' +
  "cpu.count x ( ) [ ] , = >= < { } : => ' 'a' 1 1.5 - # \\ é \u{1F600}";
const fragment = fc.constantFrom(...fragments.split(' '), '@begin\n', '\n@end', '\n', ' ');
const words = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(' '));
const glued = fc.array(fragment, { maxLength: 60 }).map((parts) => parts.join(''));

function readsWithPlaces(text: string, as: Dialect): void {
  const { document, diagnostics } = readRadl(text, { dialect: as });
  const lines = text.split('\n');
  for (const diagnostic of diagnostics) {
    const { start, end, line, column } = diagnostic.span;
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeLessThanOrEqual(text.length);
    const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    expect(before + column - 1).toBe(start);
    expect(diagnostic.message).not.toBe('');
    formatDiagnostic(diagnostic, text);
  }
  printRadl(document);
}

test('any text is read, in any dialect, and every problem has a true place', () => {
  fc.assert(fc.property(fc.oneof(words, glued, fc.string({ unit: 'binary' })), dialect, readsWithPlaces), {
    numRuns: 1500,
  });
});

test('documents with pieces cut out, doubled or replaced are read', () => {
  const original = fc.oneof(fc.constant(figure3), arbitraryDocument.map(printRadl));
  const mutated = fc
    .tuple(original, fc.array(fc.tuple(fc.nat(), fc.nat(30), fc.option(fragment)), { maxLength: 6 }))
    .map(([text, cuts]) =>
      cuts.reduce((now, [at, length, insert]) => {
        const start = at % (now.length + 1);
        return now.slice(0, start) + (insert ?? '') + now.slice(start + length);
      }, text),
    );
  fc.assert(fc.property(mutated, dialect, readsWithPlaces), { numRuns: 600 });
});

test('the grammar takes every sequence of tokens: Chevrotain itself never finds an error', () => {
  const grammar = new DocumentGrammar();
  fc.assert(
    fc.property(words, dialect, (text, as) => {
      grammar.read(lexRadl(text, as).tokens, as, new DiagnosticList());
      expect(grammar.errors).toEqual([]);
    }),
    { numRuns: 1500 },
  );
});

// Each of these makes some obvious implementation quadratic, or deeper than the stack; here they take milliseconds.
const count = 30_000;
const hostile: Readonly<Record<string, string>> = {
  'words that may start a section': 'service '.repeat(count),
  'comments behind such words': 'input # x\n'.repeat(count),
  'services without an end': 'service a (system\n'.repeat(count),
  'parentheses in parentheses': 'system a ' + '(b contains '.repeat(count),
  'closing parentheses': ')'.repeat(count),
  'inputs and placeholders': "input a (default = 'x')\nsystem s (b = '@input.a@' and c = @input.d@)\n".repeat(
    count / 10,
  ),
  quotes: "'".repeat(count),
  'escaped quotes without an end': `system a (b = '${"\\'\n".repeat(count)}`,
  'recipes without an end': '@begin\n'.repeat(count),
  'recipes with one end': `${'@begin\n'.repeat(count)}@end`,
  'one long line': `system a (${'cpu.count = 1 and '.repeat(count)})`,
  'sections without an end': 'system a (x = 1\n'.repeat(count),
  'missing quotes': "system a (x = 'jouds, version='1'\n".repeat(count),
  'unknown systems': Array.from({ length: count }, (_, n) => `system sys${n} ()\ndeploy syx${n} 1`).join(
    '\n',
  ),
  'unknown keys': `system a (${Array.from({ length: count }, (_, n) => `cpu.cuont${n} = 1`).join(' and ')})`,
  'a long name': 'a'.repeat(count * 50),
  'a long number': `deploy a ${'9'.repeat(count * 50)}`,
};

test.each(Object.entries(hostile))('%s: read without harm', (_, text) => {
  expect(readRadl(text, { dialect: 'trencadis' }).diagnostics.length).toBeGreaterThan(0);
});
