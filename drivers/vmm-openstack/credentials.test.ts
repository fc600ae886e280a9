import { describe, expect, it } from 'vitest';
import { openstackCredentials } from './credentials.ts';

describe('credentials', () => {
  it('are an account, and what belongs to it', () => {
    const given = { userId: 'i', password: 'x', projectId: 'p', region: 'one', guests: 'simulated' };
    expect(openstackCredentials.parse(given)).toEqual(given);
  });

  it.each([
    [{}, /one of password, applicationCredentialSecret and token/],
    [{ token: 'hidden', addressPool: '10.0.0.1/8' }, /IPv4 range/],
    [{ token: 'hidden', pasword: 'hidden' }, /nrecognized key/],
  ])('are not %o, and no value is repeated', (given, words) => {
    const { success, error } = openstackCredentials.safeParse(given);
    expect(success).toBe(false);
    expect(error?.message).toMatch(words);
    expect(error?.message).not.toContain('hidden');
  });
});
