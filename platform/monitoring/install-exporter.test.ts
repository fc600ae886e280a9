import { compare } from 'bcryptjs';
import { spawnSync } from 'node:child_process';
import type { RemoteShell, RunResult } from '@trencadis/contextualization';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { type ExporterOptions, installExporter } from './index.ts';
import { createLocalShell } from './testing/local-shell.ts';

const never = new AbortController().signal;
const options: ExporterOptions = {
  vm: brandId('VmName', 'web-0'),
  address: '10.0.0.5',
  certificatePem: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  privateKeyPem: '-----BEGIN PRIVATE KEY-----\nBBBB\n-----END PRIVATE KEY-----\n',
  password: 'a-password-of-an-infrastructure',
};

/** Answers as told and keeps what it was asked. */
function recordingShell(result: Partial<RunResult> = {}) {
  const asked: { readonly argv: string; readonly stdin: string }[] = [];
  const shell: RemoteShell = {
    ...createLocalShell(),
    run: async (argv, { stdin = '' }) => {
      asked.push({ argv: argv.join(' '), stdin });
      return { exitCode: 0, stdout: '', stderr: '', ...result };
    },
  };
  return { shell, asked };
}

async function scriptFor(changes: Partial<ExporterOptions> = {}): Promise<string> {
  const { shell, asked } = recordingShell();
  await installExporter(shell, { ...options, ...changes }, never);
  expect(asked).toHaveLength(1);
  return asked[0]!.stdin;
}

describe('the installation of the exporter', () => {
  it('has no secret among its arguments, and the password nowhere', async () => {
    const { shell, asked } = recordingShell();
    await installExporter(shell, options, never);
    expect(asked[0]!.argv).not.toMatch(/BBBB|password/);
    expect(asked[0]!.stdin).not.toContain(options.password);
    const [, hash = ''] = /trencadis: "([^"]+)"/.exec(asked[0]!.stdin) ?? [];
    expect(await compare(options.password, hash)).toBe(true);
  });

  it('is the same each time for a VM, and another for another VM or password', async () => {
    expect(await scriptFor()).toBe(await scriptFor());
    const hashOf = (script: string) => /trencadis: "([^"]+)"/.exec(script)?.[1];
    expect(hashOf(await scriptFor({ vm: brandId('VmName', 'web-1') }))).not.toBe(hashOf(await scriptFor()));
    expect(hashOf(await scriptFor({ password: 'x' }))).not.toBe(hashOf(await scriptFor()));
  });

  it.each(['10.0.0.5', 'fd00::5'])('is a script that sh can read, for %s', async (address) => {
    const script = await scriptFor({ address });
    expect(spawnSync('sh', ['-n'], { input: script }).stderr.toString()).toBe('');
    expect(script).toContain(address.includes(':') ? "listen='[fd00::5]:9100'" : "listen='10.0.0.5:9100'");
  });

  it.each([
    [21, 'unsupported', 'prometheus-node-exporter'],
    [22, 'unavailable', 'package prometheus-node-exporter could not be installed on VM web-0 (E: no)'],
    [23, 'unavailable', 'does not run on VM web-0 (E: no)'],
    [1, 'unavailable', 'web-0'],
  ])('that ends with %i is %s, and says what of', async (exitCode, code, message) => {
    const { shell } = recordingShell({ exitCode, stderr: 'Reading...\nE: no\n' });
    await expect(installExporter(shell, options, never)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
      subject: 'web-0',
    });
  });

  it.each([
    { address: "10.0.0.5'; reboot; '" },
    { address: 'web-0' },
    { password: '' },
    { password: 'x'.repeat(73) },
  ])('refuses %o', async (changes) => {
    const { shell, asked } = recordingShell();
    const installed = installExporter(shell, { ...options, ...changes }, never);
    await expect(installed).rejects.toMatchObject({ code: 'invalid-argument' });
    expect(asked).toEqual([]);
  });
});
