import { readFileSync } from 'node:fs';
import { PlatformError, errorCodes } from '@trencadis/errors';
import { expect, it } from 'vitest';
import { PlanFailed, exitCodeOf, exitCodes } from './exit-codes.ts';

const page = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');

/** `| exit code | when | error codes |` */
const rows = [...page.matchAll(/^\| (\d+) +\|(.+)\|(.+)\|$/gm)].map(([, code, when = '', errors = '']) => ({
  code: Number(code),
  when: when.trim(),
  errors: [...errors.matchAll(/`([a-z-]+)`/g)].map(([, each]) => each),
}));

it('the page has every exit code, in order, and says when', () => {
  expect(rows.map(({ code }) => code)).toEqual(Object.values(exitCodes));
  expect(rows.map(({ when }) => when)).not.toContain('');
});

it('the page has every error code once', () => {
  const documented = rows.flatMap(({ errors }) => errors);
  expect(new Set(documented)).toEqual(new Set(errorCodes));
  expect(documented).toHaveLength(errorCodes.length);
});

it.each(errorCodes)('an error that is %s ends with the code that the page says', (code) => {
  const row = rows.find(({ errors }) => errors.includes(code));
  expect(exitCodeOf(new PlatformError(code, 'x'))).toBe(row?.code);
});

it('a plan that failed is a failure, not a conflict', () => {
  expect(exitCodeOf(new PlanFailed('Plan plan-x was undone.', 'plan-x'))).toBe(1);
});
