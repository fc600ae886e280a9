import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { accountProblems, accountShape } from './account.ts';

const account = z.strictObject(accountShape).superRefine((given, context) => {
  for (const message of accountProblems(given)) context.addIssue({ code: 'custom', message });
});

describe('an account', () => {
  it.each([
    [{ username: 'u', password: 'x', projectName: 'p' }],
    [{ userId: 'i', password: 'x', projectId: 'p', region: 'one' }],
    [{ applicationCredentialId: 'i', applicationCredentialSecret: 'x' }],
    [{ applicationCredentialName: 'n', username: 'u', applicationCredentialSecret: 'x' }],
    [{ token: 'x' }],
  ])('may be %o', (given) => {
    expect(account.parse(given)).toEqual(given);
  });

  it.each([
    [{}, /one of password, applicationCredentialSecret and token/],
    [{ username: 'u', password: 'hidden', token: 'hidden' }, /only one/],
    [{ username: 'u', password: 'hidden' }, /projectName or projectId/],
    [{ password: 'hidden', projectName: 'p' }, /username or userId/],
    [{ applicationCredentialSecret: 'hidden' }, /applicationCredentialId or applicationCredentialName/],
    [{ applicationCredentialName: 'n', applicationCredentialSecret: 'hidden' }, /username or userId/],
    [{ token: 'hidden', caCertificate: 'hidden' }, /PEM certificate/],
  ])('is not %o, and no value is repeated', (given, words) => {
    const { success, error } = account.safeParse(given);
    expect(success).toBe(false);
    expect(error?.message).toMatch(words);
    expect(error?.message).not.toContain('hidden');
  });
});
