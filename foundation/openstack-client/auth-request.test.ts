import { describe, expect, it } from 'vitest';
import { authRequest, isTokenAsGiven } from './auth-request.ts';

describe('a request for a token', () => {
  it('names user and project by their domains', () => {
    const given = { username: 'u', password: 'x', projectName: 'p', projectDomainName: 'D' };
    expect(authRequest(given)).toEqual({
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
    expect(authRequest(given)).toEqual({ auth: { identity } });
  });

  it('is not needed by a token, but for another project', () => {
    expect(isTokenAsGiven({ token: 'x' })).toBe(true);
    expect(isTokenAsGiven({ token: 'x', projectId: 'p' })).toBe(false);
  });
});
