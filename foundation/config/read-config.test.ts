import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readConfig, stateDirectory } from './index.ts';

const schema = z.object({
  port: z.coerce.number().int().min(1).max(65535).default(8443),
  databaseUrl: z.string().optional(),
  adminToken: z.string().min(8),
});

const directory = mkdtempSync(join(tmpdir(), 'trencadis-config-'));
afterAll(() => rmSync(directory, { recursive: true }));

describe('readConfig', () => {
  it('takes the environment first, then the file, then the default', () => {
    const fileText = JSON.stringify({ adminToken: 'from-the-file', databaseUrl: 'postgres://file' });
    expect(readConfig(schema, { env: { DATABASE_URL: 'postgres://env' }, fileText })).toEqual({
      port: 8443,
      databaseUrl: 'postgres://env',
      adminToken: 'from-the-file',
    });
  });

  it('reads a secret from the file that X_FILE names, without its last newline', () => {
    const path = join(directory, 'token');
    writeFileSync(path, 'long-enough\n');
    expect(readConfig(schema, { env: { ADMIN_TOKEN_FILE: path } }).adminToken).toBe('long-enough');
  });

  it('lists every bad key with its variable, and shows no value', () => {
    const read = () =>
      readConfig(schema, { env: { PORT: '99999', ADMIN_TOKEN: 'hunter2' }, fileText: '{"prot":1}' });
    expect(read).toThrow(/3 problem/);
    expect(read).toThrow(/port: .*set PORT/);
    expect(read).toThrow(/adminToken: .*ADMIN_TOKEN_FILE/);
    expect(read).toThrow(/prot: no such setting/);
    expect(read).not.toThrow(/hunter2/);
  });

  it('says that a required key is missing', () => {
    expect(() => readConfig(schema, { env: {} })).toThrow('adminToken: is missing; set ADMIN_TOKEN');
  });

  it('refuses a value given twice, an unreadable file and a file that is not an object', () => {
    const twice = { ADMIN_TOKEN: 'long-enough', ADMIN_TOKEN_FILE: '/x' };
    expect(() => readConfig(schema, { env: twice })).toThrow('not both');
    expect(() => readConfig(schema, { env: { ADMIN_TOKEN_FILE: join(directory, 'absent') } })).toThrow(
      'ENOENT',
    );
    expect(() => readConfig(schema, { env: {}, fileText: '[]' })).toThrow('one JSON object');
    expect(() => readConfig(schema, { env: {}, fileText: 'port: 1' })).toThrow('not JSON');
  });
});

describe('stateDirectory', () => {
  it('is TRENCADIS_HOME, else /var/lib/trencadis; never relative', () => {
    expect(stateDirectory({})).toBe('/var/lib/trencadis');
    expect(stateDirectory({ TRENCADIS_HOME: '/srv/t' })).toBe('/srv/t');
    expect(() => stateDirectory({ TRENCADIS_HOME: 'here' })).toThrow('absolute');
  });
});
