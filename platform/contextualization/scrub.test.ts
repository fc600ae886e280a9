import { fc, test } from '@fast-check/vitest';
import type { ConfigurationContext } from './model.ts';
import { describe, expect, it } from 'vitest';
import { createScrubber } from './scrub.ts';

const pem = '-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMG\nByqGSM49AgEG\n-----END PRIVATE KEY-----\n';

function contextWith(password: string, secret: string): ConfigurationContext {
  const login = { host: 'h', port: 5432, user: 'u', allowedFrom: [] };
  return {
    infrastructureId: 'inf-aaaaaaaa',
    vmName: 'vm',
    systemId: 'system',
    addresses: {},
    peers: [],
    certificate: { certificatePem: 'public', privateKeyPem: pem, authorityPem: 'public' },
    databases: { SQL_Keys: { ...login, password } },
    secrets: { 'sealing-key': secret },
    parameters: {},
  };
}

const secretText = fc.string({ minLength: 6 }).filter((text) => !'[redacted]'.includes(text));

describe('createScrubber', () => {
  test.prop([secretText, secretText, fc.string(), fc.string()])(
    'leaves no secret in a text, wherever it stands',
    (password, secret, before, after) => {
      const scrub = createScrubber(contextWith(password, secret));
      const clean = scrub(`${before}${password}${after}${secret}`);
      expect(clean.split('[redacted]').join('\n')).not.toContain(password);
      expect(clean.split('[redacted]').join('\n')).not.toContain(secret);
    },
  );

  it('takes out each line of the private key, and leaves its frame', () => {
    const scrub = createScrubber(contextWith('pass', 'secret'));
    expect(scrub(pem)).not.toContain('MIGH');
    expect(pem.split('\n').map(scrub)).toEqual([
      '-----BEGIN PRIVATE KEY-----',
      '[redacted]',
      '[redacted]',
      '-----END PRIVATE KEY-----',
      '',
    ]);
  });

  it('knows a secret as it stands in JSON', () => {
    const scrub = createScrubber(contextWith('a"b\\c', 'secret'));
    expect(scrub(JSON.stringify({ password: 'a"b\\c' }))).toBe('{"password":"[redacted]"}');
  });

  it('masks the longer of two secrets whole, and nothing for an empty one', () => {
    const scrub = createScrubber(contextWith('abcd', 'abcdefgh'));
    expect(scrub('abcdefgh abcd')).toBe('[redacted] [redacted]');
    expect(createScrubber(contextWith('', 'x1'))('text')).toBe('text');
  });
});
