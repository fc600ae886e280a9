import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fillInputs } from './fill-inputs.ts';
import { hasErrors } from './diagnostics.ts';
import { inputsOf } from './inputs.ts';
import { parseRadl } from './parse.ts';
import { readRadl } from './read.ts';
import { intervalOf, textOf } from './features.ts';

const template = `# @input.nodes@ stays in a comment
input nodes (type = 'number' and default = 2 and min = 1 and max = 9 and help = 'how many, for @input.nodes@')
input memory (type = 'number')
input flavour (type = 'choice' and choices = ['ubuntu', 'debian'] and default = 'debian')
input spot (type = 'boolean' and default = 'no')
input secret (type = 'password')

system web (
  memory.size >= @input.memory@G and spot = @input.spot@ and
  disk.0.os.flavour = '@input.flavour@' and instance_name = 'web-@input.flavour@-@input.nodes@' and
  disk.0.os.credentials.password = '@input.secret@'
)
configure web (
@begin
- flavour: @input.flavour@
@end
)
deploy web @input.nodes@
`;
const values = { memory: 4, secret: "it's \\ ok" };

function problems(given: Readonly<Record<string, unknown>>, text = template): readonly string[] {
  return readRadl(text, { inputs: given }).diagnostics.map(
    ({ code, severity, span, message, hint }) =>
      `${code} ${severity} ${span.line}:${span.column} ${message}${hint === undefined ? '' : ` (${hint})`}`,
  );
}

describe('fillInputs', () => {
  test('puts values in: numbers, texts with and without quotes, recipes; not in comments and inputs', () => {
    const { text, diagnostics } = fillInputs(template, values);
    expect(diagnostics).toEqual([]);
    expect(text.split('\n').filter((line, index) => line !== template.split('\n')[index])).toEqual([
      "  memory.size >= 4G and spot = 'no' and",
      "  disk.0.os.flavour = 'debian' and instance_name = 'web-debian-2' and",
      "  disk.0.os.credentials.password = 'it\\'s \\ ok'",
      '- flavour: debian',
      'deploy web 2',
    ]);
    expect(fillInputs(text, values)).toEqual({ text, diagnostics: expect.anything() as unknown });
  });

  test('any text comes through as it is, and never becomes more than a text', () => {
    fc.assert(
      fc.property(fc.string(), (secret) => {
        const { text } = fillInputs(template, { ...values, secret });
        const { document, diagnostics } = parseRadl(text);
        expect(diagnostics).toEqual([]);
        const written = textOf(document.systems[0]!, 'disk.0.os.credentials.password');
        // RADL cannot write a backslash before a quote or the end (section 1).
        expect(written).toBe(/\\(?:'|\\|$)/.test(secret) ? written : secret);
        expect(document.deploys).toHaveLength(1);
      }),
    );
  });

  test('takes numbers and booleans as the texts of a command line', () => {
    const { text, diagnostics } = fillInputs(template, { ...values, memory: '8', spot: 'true', nodes: '3' });
    expect(diagnostics).toEqual([]);
    expect(text).toContain("memory.size >= 8G and spot = 'yes'");
    expect(text).toContain('deploy web 3');
  });

  test('leaves a document of IM alone', () => {
    expect(fillInputs(template, values, { dialect: 'im' })).toEqual({ text: template, diagnostics: [] });
  });
});

describe('reading a document with inputs', () => {
  test('gives the document its values', () => {
    const { document, diagnostics } = readRadl(template, { inputs: values });
    expect(diagnostics).toEqual([]);
    expect(intervalOf(document.systems[0]!, 'memory.size')?.low?.value).toBe(4e9);
    expect(document.deploys[0]?.count).toBe(2);
    expect(inputsOf(document).map(({ name, type }) => [name, type])).toEqual([
      ['nodes', 'number'],
      ['memory', 'number'],
      ['flavour', 'choice'],
      ['spot', 'boolean'],
      ['secret', 'password'],
    ]);
  });

  test('without values it lacks some, but as a template it is sound', () => {
    expect(problems({})).toEqual([
      'RADL335 error 3:1 input memory has no default and needs a value (give memory=...)',
      'RADL335 error 6:1 input secret has no default and needs a value (give secret=...)',
    ]);
    expect(readRadl(template, { canLackValues: true }).diagnostics).toEqual([]);
  });

  test.each([
    [{ ...values, nodes: 10 }, 'RADL336 error 2:1 input nodes takes no number above 9, not 10'],
    [{ ...values, nodes: -1 }, 'RADL336 error 2:1 input nodes takes a number, without sign, not -1'],
    [{ ...values, flavour: 'debain' }, "takes one of 'ubuntu', 'debian', not 'debain' (give 'debian')"],
    [{ ...values, spot: 'maybe' }, "RADL336 error 5:1 input spot takes 'yes' or 'no', not 'maybe'"],
    [{ ...values, memroy: 1 }, 'RADL333 error 1:1 the document has no input "memroy" (give memory=...)'],
    [{ ...values, secret: 12345 }, 'RADL336 error 6:1 input secret takes a text'],
  ])('%j', (given, problem) => {
    expect(problems(given)).toEqual([expect.stringContaining(problem)]);
    expect(problems(given).join()).not.toContain('12345');
  });

  test('values for others are nobody’s mistake, when the caller says so', () => {
    const options = { inputs: { ...values, issuers: [] }, canHaveOtherValues: true };
    expect(readRadl(template, options).diagnostics).toEqual([]);
  });

  test('shows problems of what was filled in at their place in the template', () => {
    const text = template.replace(
      'spot = @input.spot@',
      'spot = @input.flavour@ and cpu.count = @input.spto@',
    );
    expect(problems(values, text).map((each) => each.split(' ').slice(0, 3).join(' '))).toEqual([
      'RADL322 warning 5:1',
      'RADL305 error 9:38',
      'RADL302 error 9:65',
      'RADL101 warning 9:77',
      'RADL333 error 9:77',
      'RADL206 error 9:78',
      'RADL101 warning 9:88',
    ]);
  });

  test('a value of several lines does not fit a recipe', () => {
    const text = "input x (default = 'a\n@end')\nsystem s ()\nconfigure s (\n@begin\n- @input.x@\n@end\n)";
    expect(problems({}, text)).toEqual([
      'RADL336 error 6:3 the value of input x has several lines, but a recipe takes it on one',
    ]);
  });

  test('any template and any values are read', () => {
    const piece = fc.constantFrom(...template.split(/(?<=[ \n'@])/));
    const anyText = fc.array(piece, { maxLength: 60 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        anyText,
        fc.dictionary(fc.constantFrom('nodes', 'memory', 'x'), fc.anything()),
        (text, given) => {
          for (const { span } of readRadl(text, { inputs: given }).diagnostics) {
            const lines = text.split('\n');
            const before = lines.slice(0, span.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
            expect(before + span.column - 1).toBe(span.start);
            expect(span.end).toBeLessThanOrEqual(text.length);
          }
          hasErrors(readRadl(text, { canLackValues: true }).diagnostics);
        },
      ),
      { numRuns: 500 },
    );
  });
});
