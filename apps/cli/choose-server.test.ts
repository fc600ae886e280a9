import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { chooseServer } from './choose-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'trencadis-choose-'));
const file = join(folder, 'token');
writeFileSync(file, 'trn_secret\n');
afterAll(() => rmSync(folder, { recursive: true }));

describe('chooseServer', () => {
  it('is this host’s own, as its operator, unless something is said', () => {
    expect(chooseServer(['status'], {})).toEqual({});
  });

  it('takes what the command line says, wherever it stands, before the environment', () => {
    const env = { TRENCADIS_SERVER: 'https://other.example', TRENCADIS_TOKEN: 'trn_other' };
    const args = ['status', '--server', 'https://a.example', 'keys', `--token-file=${file}`, '--json'];
    expect(chooseServer(args, env)).toEqual({ url: 'https://a.example', token: 'trn_secret' });
    expect(chooseServer(['status'], env)).toEqual({ url: 'https://other.example', token: 'trn_other' });
    expect(chooseServer([], { TRENCADIS_TOKEN_FILE: file })).toEqual({ token: 'trn_secret' });
  });

  it('leaves alone what is meant for another program', () => {
    expect(chooseServer(['ssh', 'keys', 'vm', '--', 'curl', '--server', 'x'], {})).toEqual({});
  });

  it.each([
    [['--server', 'not a url'], {}],
    [['--server', 'file:///etc/passwd'], {}],
    [['--token-file', '/nowhere/at/all'], {}],
    [[], { TRENCADIS_SERVER: 'platform' }],
  ])('refuses %j %j', (args, env) => {
    expect(() => chooseServer(args, env)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }) as Error,
    );
  });
});
