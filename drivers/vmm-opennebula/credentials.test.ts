import { describe, expect, it } from 'vitest';
import { openNebulaCredentials, sessionOf } from './credentials.ts';

describe('credentials', () => {
  it('have a password or a token', () => {
    expect(sessionOf(openNebulaCredentials.parse({ username: 'ana', password: 'a:b' }))).toBe('ana:a:b');
    expect(sessionOf(openNebulaCredentials.parse({ username: 'ana', token: 'f00' }))).toBe('ana:f00');
    expect(openNebulaCredentials.safeParse({ username: 'ana' }).success).toBe(false);
    expect(openNebulaCredentials.safeParse({ username: 'ana', password: 'a', token: 'b' }).success).toBe(
      false,
    );
  });

  it('never repeat a value', () => {
    const wrong = {
      username: 'Sek:ret',
      password: 'Sekret'.repeat(1000),
      caCertificate: 'Sekret',
      networkDriver: 'Sekret',
      addressPool: 'Sekret',
    };
    const { error } = openNebulaCredentials.safeParse(wrong);
    expect(error?.issues.length).toBeGreaterThanOrEqual(5);
    expect(error?.message).not.toMatch(/Sek/);
  });
});
