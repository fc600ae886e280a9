import { expect, it } from 'vitest';
import { innermostCause } from './innermost-cause.ts';

const coded = (message: string, code: unknown, cause?: unknown) =>
  Object.assign(new Error(message, { cause }), { code });

it.each([
  ['one that nothing caused', new Error('no'), { message: 'no' }],
  ['the deepest', new Error('fetch failed', { cause: new Error('refused') }), { message: 'refused' }],
  ['the deepest code', coded('a', 'A', coded('b', 'B', new Error('c'))), { message: 'c', code: 'B' }],
  [
    'the code where there are no words',
    coded('', 'ECONNREFUSED'),
    { message: 'ECONNREFUSED', code: 'ECONNREFUSED' },
  ],
  ['the name where there is nothing', new TypeError(''), { message: 'TypeError' }],
  ['no code that is no text', coded('a', 7), { message: 'a' }],
  ['what is no error', 'boom', { message: 'boom' }],
  ['the error that something else caused', new Error('a', { cause: 'boom' }), { message: 'a' }],
])('tells %s', (_what, error, told) => {
  expect(innermostCause(error)).toEqual(told);
});
