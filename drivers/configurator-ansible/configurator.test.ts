import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ConfigurationJob, RemoteShell, RunResult } from '@trencadis/contextualization';
import { describe, expect, it } from 'vitest';
import { createAnsibleConfigurator } from './index.ts';
import { knownHosts } from './known-hosts.ts';
import { contextOf } from './testing/context.ts';

const endpoint = {
  host: '10.0.0.2',
  port: 22,
  user: 'admin',
  privateKey: 'KEY',
  hostKeys: ['ssh-ed25519 AAAA x'],
};
const options = { signal: new AbortController().signal, timeoutMs: 60_000, onLine: () => undefined };
const job: ConfigurationJob = {
  vmName: 'vm-front',
  recipe: { kind: 'text', text: '- roles: [hello]' },
  components: [],
  context: contextOf(),
};
const plain: ConfigurationJob = { ...job, recipe: { kind: 'text', text: '- tasks: []' } };

function shellThatFails(program: string): RemoteShell & { readonly commands: string[] } {
  const commands: string[] = [];
  const run = async (argv: readonly string[]): Promise<RunResult> => {
    commands.push(argv.join(' '));
    const exitCode = argv.includes(program) ? 1 : 0;
    return {
      exitCode,
      stdout: argv[0] === 'id' ? '1000\n' : '',
      stderr: exitCode === 0 ? '' : 'not allowed',
    };
  };
  const rest = {
    putFile: async () => undefined,
    getFile: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  return { endpoint, run, commands, ...rest };
}

describe('createAnsibleConfigurator', () => {
  const configurator = createAnsibleConfigurator({ programs: '/usr/nowhere' });

  it('says what is missing before it touches the machine', async () => {
    const shell = shellThatFails('nothing');
    await expect(configurator.configure(shell, job, options)).rejects.toMatchObject({
      code: 'invalid-argument',
      message: 'The recipe for VM vm-front: it needs the component hello.tar.gz, which was not delivered.',
    });
    expect(shell.commands).toEqual([]);
  });

  it('names a host without Ansible and its remedy', async () => {
    await expect(configurator.configure(shellThatFails('nothing'), plain, options)).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining("run 'trencadis setup', or apt-get install ansible-core"),
    });
  });

  it.each([
    ['sudo', 'forbidden', 'may not become root'],
    ['python3', 'unsupported', 'has no Python 3'],
  ])('names a machine where %s does not work', async (program, code, message) => {
    await expect(configurator.configure(shellThatFails(program), plain, options)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  it('asks for the password of an encrypted recipe', async () => {
    const encrypted = { ...job, recipe: { kind: 'text', text: '$ANSIBLE_VAULT;1.1;AES256\n31' } } as const;
    await expect(configurator.configure(shellThatFails(''), encrypted, options)).rejects.toThrow(
      'vault.password',
    );
  });

  it('leaves no folder behind', async () => {
    const before = process.env['TMPDIR'];
    const folder = await mkdtemp(join(tmpdir(), 'trencadis-test-'));
    process.env['TMPDIR'] = folder;
    try {
      await expect(configurator.configure(shellThatFails(''), plain, options)).rejects.toThrow('setup');
      expect(await readdir(folder)).toEqual([]);
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      await rm(folder, { recursive: true });
    }
  });
});

describe('knownHosts', () => {
  it('pins each key to the address, and to the port where it is another', () => {
    expect(knownHosts(endpoint)).toBe('10.0.0.2 ssh-ed25519 AAAA\n');
    expect(knownHosts({ ...endpoint, port: 2222 })).toBe('[10.0.0.2]:2222 ssh-ed25519 AAAA\n');
    expect(knownHosts({ ...endpoint, hostKeys: [] })).toBe('');
  });
});
