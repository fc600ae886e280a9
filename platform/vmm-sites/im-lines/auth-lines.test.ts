import { isPlatformError } from '@trencadis/errors';
import { fc, test as propertyTest } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type AuthLine, authTypes, parseAuthLines } from './auth-lines.ts';

const user = { type: 'InfrastructureManager', values: { username: 'ana', password: 'pw' } };

describe('the lines of an Authorization header', () => {
  it('are read as the Infrastructure Manager’s clients send them', () => {
    const header = String.raw`type = InfrastructureManager; username = ana; password = pw\nid = ost; type = OpenStack; host = https://ost.example.org:5000; username = u; password = p=1==; tenant = t\n`;
    expect(parseAuthLines(header)).toEqual([
      user,
      {
        type: 'OpenStack',
        id: 'ost',
        values: { host: 'https://ost.example.org:5000', username: 'u', password: 'p=1==', tenant: 't' },
      },
    ]);
  });

  it('keep line breaks of values, in quotes or escaped twice', () => {
    const header = String.raw`type=EC2;private_key='-----BEGIN;\nabc\n';public_key = a\\nb;id=ec2`;
    const values = { private_key: '-----BEGIN;\nabc\n', public_key: 'a\nb' };
    expect(parseAuthLines(header)).toEqual([{ type: 'EC2', id: 'ec2', values }]);
  });

  it('may have comments, blank lines, real line breaks and keys in capitals', () => {
    const text =
      '# all; mine = x\r\n\r\n  TYPE = InfrastructureManager ; Username = ana; password = pw ;; \n#\\n# x\n';
    expect(parseAuthLines(text)).toEqual([user]);
    expect(parseAuthLines('')).toEqual([]);
  });

  it('are the same as JSON', () => {
    const json = JSON.stringify([{ type: 'InfrastructureManager', username: 'ana', password: 'pw' }]);
    expect(parseAuthLines(` ${json}`)).toEqual([user]);
    expect(parseAuthLines('[{"type":"Dummy","port":80}]')).toEqual([
      { type: 'Dummy', values: { port: '80' } },
    ]);
  });

  it('name files, which a client reads, and commands, which nobody runs', () => {
    const readFile = (path: string) => (path === '/k.pem' ? 'a;b\n' : undefined);
    const [line] = parseAuthLines('type = Dummy; password = file(/k.pem); id = x', readFile);
    expect(line).toEqual({ type: 'Dummy', id: 'x', values: { password: 'a;b\n' } });
    const fails = (value: string) => () => parseAuthLines(`type = Dummy; password = ${value}`, readFile);
    expect(fails('file(/Sekret)')).toThrow('line 1: entry 2 names a file that cannot be read');
    expect(fails('command(Sekret)')).toThrow('line 1: entry 2 names a command, which is not run');
    expect(fails('file(/Sekret)')).not.toThrow('Sekret');
  });

  const wrong: Readonly<Record<string, string>> = {
    'type = Sekret': 'line 1: its type is not one of',
    'username = Sekret': 'line 1: its type is not one of',
    'type = Dummy; Sekret': 'line 1: entry 2 is not key = value',
    'type = Dummy; 1x = Sekret': 'line 1: entry 2 is not key = value',
    "type = Dummy; password = 'Sekret": 'line 1: entry 2 has a quote that is not closed',
    'type = Dummy; password = "Sekret"Sekret': 'line 1: entry 2 has text behind its closing quote',
    'type = Dummy; password = file(/etc/Sekret)': 'line 1: entry 2 names a file or command',
    'type = Dummy; password = command(Sekret)': 'line 1: entry 2 names a file or command',
    'type = Dummy; id = 1Sekret': 'line 1: its id does not begin with a letter',
    'type = Dummy; a = Sekret; A = Sekret': 'line 1: a key is there twice',
    '#\\n\\ntype = InfrastructureManager; username = Sekret':
      'line 3: it needs username and password, or token',
    'type = Dummy; id = Sekret\\ntype = Dummy; id = Sekret': 'lines 1 and 2 have the same id',
    '[{"type": "Dummy", "Sekret-1": "Sekret"}]': 'line 1: a key is not made of',
    '[{"type": "Dummy", Sekret': 'not a JSON list',
    '["Sekret"]': 'not a JSON list',
    '[{"type": "Dummy", "password": {"Sekret": 1}}]': 'not a JSON list',
  };
  it.each(Object.entries(wrong))('%s is refused, and not repeated', (text, problem) => {
    const error = failureOf(text);
    expect(error).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(problem) });
    expect(JSON.stringify([error, String(error), error.cause])).not.toContain('Sekret');
  });

  it('tells all problems at once', () => {
    const { message } = failureOf(String.raw`type = A\ntype = Dummy; x\nid = 1; type = Dummy`);
    expect(message).toMatch(/line 1: .*line 3: .*/);
    expect(message).toContain('line 2: entry 2');
  });
});

function failureOf(text: string) {
  try {
    parseAuthLines(text);
  } catch (error) {
    if (isPlatformError(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
}

/** No backslash before an n: the text form has no way to say that. */
const value = fc
  .string({ unit: fc.constantFrom(...Array.from(`ab;='" #\\n()[]{}:/é\n`)) })
  .filter((text) => !/\\+n|\\\n/.test(text) && !text.endsWith('\\'));
const key = fc.stringMatching(/^k[a-z0-9_]{0,5}$/);
const line = fc.record({
  type: fc.constantFrom(...authTypes.filter((type) => type !== 'InfrastructureManager')),
  values: fc.dictionary(key, value, { noNullPrototype: true }),
});
const lines = fc.array(line, { maxLength: 4 });

const canBeQuoted = (text: string) => !text.includes('"') || !text.includes("'");
function printValue(text: string): string {
  const quote = text.includes('"') ? "'" : '"';
  return `${quote}${text.replaceAll('\n', '\\n')}${quote}`;
}
function printLine({ type, values }: AuthLine): string {
  return Object.entries({ ...values, type })
    .map(([name, text]) => `${name} = ${printValue(text)}`)
    .join(' ; ');
}

propertyTest.prop([lines])('what is printed as text or JSON is read back', (given) => {
  const asJson = JSON.stringify(given.map(({ type, values }) => ({ type, ...values })));
  expect(parseAuthLines(asJson)).toEqual(given);
  fc.pre(given.every(({ values }) => Object.values(values).every(canBeQuoted)));
  expect(parseAuthLines(given.map(printLine).join('\\n'))).toEqual(given);
});

const plain = value.filter((text) => !/^["']|[;\n]|\\n/.test(text) && text === text.trim());
propertyTest.prop([fc.array(plain, { minLength: 1 })])(
  'values need no quotes without ; and line breaks',
  (all) => {
    fc.pre(all.every((text) => !/^(file|command)\(/.test(text)));
    const text = all.map((each) => `type = Dummy; password = ${each}`).join('\\n');
    expect(parseAuthLines(text).map(({ values }) => values.password)).toEqual(all);
  },
);

const secret = 'tops3cret';
propertyTest.prop([
  fc.array(
    fc.oneof(
      fc.constant(secret),
      fc.string({ maxLength: 4 }),
      fc.constantFrom('type = Dummy;', ' = ', '\\n', '"', "'", '[{"', '":"', '"}]'),
    ),
  ),
])('any text is read or refused, and a refusal never repeats it', (pieces) => {
  try {
    parseAuthLines(pieces.join(''));
  } catch (error) {
    if (!isPlatformError(error, 'invalid-argument')) throw error;
    expect(JSON.stringify([error, error.message, error.cause])).not.toContain(secret);
  }
});
