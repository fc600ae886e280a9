import { describe, expect, it } from 'vitest';
import { structureProblem } from './check-structure.ts';
import { signatureProblem, signatures } from './signatures.ts';
import { structures } from './structures.ts';
import { parseXml } from './xml-tree.ts';

describe('signatures', () => {
  it.each([
    ['one.vm.action', ['resume', 3]],
    ['one.vm.info', [3]],
    ['one.vm.info', [3, true]],
    ['one.datastorepool.info', []],
    ['one.vm.disksaveas', [1, 0, 'name', '', -1]],
  ])('take %s(%j)', (method, args) => {
    expect(signatureProblem(method, args)).toBeUndefined();
  });

  it.each([
    ['one.vm.fly', [], 'no method'],
    ['toString', [], 'no method'],
    ['one.vm.action', [3, 'resume'], 'argument 1'],
    ['one.vm.action', ['resume'], 'takes 2 arguments'],
    ['one.vm.info', [3, true, true], 'takes 1 arguments'],
    ['one.vm.info', ['3'], 'argument 1'],
    ['one.vm.info', [2 ** 31], 'argument 1'],
    ['one.vm.info', [0.5], 'argument 1'],
    ['one.vm.resize', [3, 'CPU=1', 1], 'argument 3'],
  ])('refuse %s(%j): %s', (method, args, problem) => {
    expect(signatureProblem(method, args)).toContain(problem);
  });

  it('answer ids, or documents whose structure is known', () => {
    for (const { answer } of Object.values(signatures)) {
      expect(answer === 'id' || Object.hasOwn(structures, answer)).toBe(true);
    }
  });
});

const permissions = [
  'OWNER_U',
  'OWNER_M',
  'OWNER_A',
  'GROUP_U',
  'GROUP_M',
  'GROUP_A',
  'OTHER_U',
  'OTHER_M',
  'OTHER_A',
]
  .map((name) => `<${name}>1</${name}>`)
  .join('');
const template = (inner: string) =>
  `<VMTEMPLATE><ID>3</ID><UID>0</UID><GID>0</GID><UNAME>a</UNAME><GNAME>b</GNAME><NAME>c</NAME>${inner}<PERMISSIONS>${permissions}</PERMISSIONS><REGTIME>1</REGTIME><TEMPLATE><ANY><X>1</X></ANY></TEMPLATE></VMTEMPLATE>`;

describe('structures', () => {
  const problem = (text: string, manner: 'exact' | 'reading' = 'exact') =>
    structureProblem(parseXml(text), 'VMTEMPLATE', manner);

  it('have every field of their schema, each in its type', () => {
    for (const fields of Object.values(structures)) {
      for (const { name, occurs, shape } of fields) {
        expect(name).not.toBe('');
        expect(occurs).toBeDefined();
        expect(['int', 'dec', 'str', 'any', ...Object.keys(structures)]).toContain(shape);
      }
    }
  });

  it('pass a document that has what they say', () => {
    expect(problem(template(''))).toBeUndefined();
  });

  it.each([
    ['a missing element', template('').replace('<GID>0</GID>', ''), 'VMTEMPLATE/GID is missing'],
    ['one too many', template('<NAME>d</NAME>'), 'VMTEMPLATE/NAME is there 2 times'],
    ['another type', template('').replace('<ID>3</ID>', '<ID>x</ID>'), 'VMTEMPLATE/ID is no int'],
    [
      'a missing one further in',
      template('').replace('<OTHER_A>1</OTHER_A>', ''),
      'VMTEMPLATE/PERMISSIONS/OTHER_A is missing',
    ],
    [
      'elements in a text',
      template('').replace('<NAME>c</NAME>', '<NAME><B/></NAME>'),
      'VMTEMPLATE/NAME has elements',
    ],
    ['another root', '<VM/>', 'its root is VM'],
  ])('tell of %s', (_what, text, expected) => {
    expect(problem(text)).toContain(expected);
    expect(problem(text, 'reading')).toContain(expected);
  });

  it('let a newer version add something, but not those who write by the schema', () => {
    expect(problem(template('<NEW>1</NEW>'))).toContain('an element NEW');
    expect(problem(template('<NEW>1</NEW>'), 'reading')).toBeUndefined();
  });
});
