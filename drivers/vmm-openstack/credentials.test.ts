import { describe, expect, it } from 'vitest';
import { authRequest } from './auth-request.ts';
import { openstackCredentials } from './credentials.ts';

const parse = (given: object) => openstackCredentials.parse(given);

describe('credentials', () => {
  it.each([
    [{ username: 'u', password: 'x', projectName: 'p' }],
    [{ userId: 'i', password: 'x', projectId: 'p', region: 'one', guests: 'simulated' }],
    [{ applicationCredentialId: 'i', applicationCredentialSecret: 'x' }],
    [{ applicationCredentialName: 'n', username: 'u', applicationCredentialSecret: 'x' }],
    [{ token: 'x' }],
  ])('takes %o', (given) => {
    expect(parse(given)).toEqual(given);
  });

  it.each([
    [{}, /one of password, applicationCredentialSecret and token/],
    [{ username: 'u', password: 'hidden', token: 'hidden' }, /only one/],
    [{ username: 'u', password: 'hidden' }, /projectName or projectId/],
    [{ password: 'hidden', projectName: 'p' }, /username or userId/],
    [{ applicationCredentialSecret: 'hidden' }, /applicationCredentialId or applicationCredentialName/],
    [{ applicationCredentialName: 'n', applicationCredentialSecret: 'hidden' }, /username or userId/],
    [{ token: 'hidden', caCertificate: 'hidden' }, /PEM certificate/],
    [{ token: 'hidden', addressPool: '10.0.0.1/8' }, /IPv4 range/],
    [{ token: 'hidden', pasword: 'hidden' }, /nrecognized key/],
  ])('refuses %o and repeats no value', (given, words) => {
    const { success, error } = openstackCredentials.safeParse(given);
    expect(success).toBe(false);
    expect(error?.message).toMatch(words);
    expect(error?.message).not.toContain('hidden');
  });
});

describe('a request for a token', () => {
  it('names user and project by their domains', () => {
    const given = { username: 'u', password: 'x', projectName: 'p', projectDomainName: 'D' };
    expect(authRequest(parse(given))).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: { user: { name: 'u', domain: { id: 'default' }, password: 'x' } },
        },
        scope: { project: { name: 'p', domain: { name: 'D' } } },
      },
    });
  });

  it('tells no project beside an application credential, which has its own', () => {
    const given = { applicationCredentialId: 'i', applicationCredentialSecret: 'x', projectId: 'p' };
    const identity = {
      methods: ['application_credential'],
      application_credential: { id: 'i', secret: 'x' },
    };
    expect(authRequest(parse(given))).toEqual({ auth: { identity } });
  });
});
