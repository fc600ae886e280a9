import { fileURLToPath } from 'node:url';
import type { ConfigurationJob, RemoteShell } from '@trencadis/contextualization';
import { sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { createPuppetConfigurator } from './index.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));
const configurator = createPuppetConfigurator({ modulesDirectory });
const options = { signal: new AbortController().signal, timeoutMs: 60_000, onLine: () => undefined };

interface Answer {
  readonly exitCode: number;
  readonly stdout?: string;
  readonly stderr?: string;
}

/** A machine that answers each program as told, and notes what it was asked and given. */
function scriptedShell(answers: Readonly<Record<string, Answer>>) {
  const commands: string[] = [];
  const files: { path: string; mode: number; text: string }[] = [];
  const shell: RemoteShell = {
    endpoint: { host: 'vm-1', port: 22, user: 'root', privateKey: '', hostKeys: [] },
    run: async (argv) => {
      commands.push(argv.join(' '));
      const program = argv.find((word) => word in answers) ?? '';
      return { stdout: '', stderr: '', exitCode: 0, ...answers[program] };
    },
    putFile: async ({ path, mode, content }) => {
      files.push({ path, mode, text: Buffer.from(content).toString() });
    },
    getFile: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  return { shell, commands, files };
}

const text = 'create table x ();';
const job: ConfigurationJob = {
  vmName: 'vm-1',
  recipe: {
    kind: 'resource-lines',
    lines: [{ type: 'create_database', title: 'SQL_Keys', attributes: { file: 'database.sql' } }],
  },
  components: [
    { fileName: 'database.sql', digest: sha256OfText(text), content: async () => Buffer.from(text) },
  ],
  context: {
    infrastructureId: 'inf-aaaaaaaa',
    vmName: 'vm-1',
    systemId: 'db',
    addresses: {},
    peers: [],
    certificate: { certificatePem: '', privateKeyPem: 'KEY-OF-TEST', authorityPem: '' },
    databases: {
      SQL_Keys: { host: 'h', port: 5432, user: 'u', password: 'PASSWORD-OF-TEST', allowedFrom: [] },
    },
    secrets: { x: 'SECRET-OF-TEST' },
    parameters: {},
  },
};
const root = { id: { exitCode: 0, stdout: '0\n' } };

describe('createPuppetConfigurator', () => {
  it('puts secrets into files for root alone, and into no command', async () => {
    const { shell, commands, files } = scriptedShell(root);
    await configurator.configure(shell, job, options);
    expect(commands.join('\n')).not.toMatch(/-OF-TEST/);
    expect(files.filter((file) => file.text.includes('-OF-TEST'))).toHaveLength(1);
    expect(files.every(({ mode }) => mode === 0o600)).toBe(true);
    expect(commands.at(-1)).toBe('rm -rf -- /var/lib/trencadis/incoming');
  });

  it('asks root for everything when another user logs in', async () => {
    const { shell, commands } = scriptedShell({ id: { exitCode: 0, stdout: '1000\n' } });
    await configurator.configure(shell, job, options);
    expect(commands.slice(1).every((command) => command.startsWith('sudo -n -- '))).toBe(true);
  });

  it('is forbidden for a user who may not become root', async () => {
    const { shell } = scriptedShell({ id: { exitCode: 0, stdout: '1000\n' }, sudo: { exitCode: 1 } });
    await expect(configurator.configure(shell, job, options)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it.each([
    [1, 'invalid-argument'],
    [4, 'invalid-argument'],
    [6, 'invalid-argument'],
    [124, 'unavailable'],
    [127, 'unsupported'],
    [99, 'internal'],
  ])('says of exit code %i: %s, without secrets', async (exitCode, code) => {
    const entry = { level: 'err', source: 'Puppet', message: 'bad PASSWORD-OF-TEST' };
    const said = { stdout: JSON.stringify([entry]) };
    const { shell } = scriptedShell({
      ...root,
      'systemd-run': { exitCode, stderr: 'bad PASSWORD-OF-TEST' },
      cat: { exitCode: 0, ...said },
    });
    const error = await configurator.configure(shell, job, options).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code, subject: 'vm-1' });
    expect((error as Error).message).not.toContain('-OF-TEST');
  });

  it.each([0, 2])('is content with exit code %i', async (exitCode) => {
    const { shell } = scriptedShell({ ...root, 'systemd-run': { exitCode } });
    await expect(configurator.configure(shell, job, options)).resolves.toBeUndefined();
  });

  it('says which component a line needs, before it touches the machine', async () => {
    const { shell, commands } = scriptedShell(root);
    const configuring = configurator.configure(shell, { ...job, components: [] }, options);
    await expect(configuring).rejects.toThrow(
      "create_database {'SQL_Keys'} needs the component database.sql",
    );
    expect(commands).toEqual([]);
  });

  describe('of a text', () => {
    const recipe = { kind: 'text', text: "file { '/x': }" } as const;
    const archive = {
      fileName: 'ours-web-1.0.0.tar.gz',
      digest: sha256OfText('x'),
      content: async () => Buffer.from('x'),
    };

    it('has Puppet read it first, and applies nothing that cannot be read', async () => {
      const stderr = `Error: Could not parse for environment production: Syntax error at '}' SECRET-OF-TEST (file: /etc/trencadis/recipe/recipe.pp, line: 4, column: 1)`;
      const { shell, commands } = scriptedShell({ ...root, parser: { exitCode: 1, stderr } });
      const message = expect.stringMatching(
        /^The recipe for VM vm-1 cannot be read: line 4, column 1: Syntax error at '}' (?!SECRET)/,
      );
      await expect(
        configurator.configure(shell, { ...job, recipe, components: [] }, options),
      ).rejects.toMatchObject({
        code: 'invalid-argument',
        message,
      });
      expect(commands.join('\n')).not.toContain('puppet apply');
    });

    it('applies the lines before it, and neither twice', async () => {
      const { shell, commands, files } = scriptedShell(root);
      const lines = job.recipe.lines ?? [];
      await configurator.configure(shell, { ...job, recipe: { ...recipe, lines } }, options);
      const applied = commands.filter((command) => command.includes('puppet apply'));
      expect(applied.map((command) => command.split(' ').at(-1))).toEqual([
        'trencadis::recipe',
        '/etc/trencadis/recipe',
      ]);
      expect(files.map(({ text: content }) => content)).toContain(recipe.text);
    });

    it('unpacks the modules that it brings, and none that is there', async () => {
      const used = { ...job, recipe: { kind: 'text', text: 'include web' } as const, components: [archive] };
      const missing = scriptedShell({ ...root, test: { exitCode: 1 } });
      await configurator.configure(missing.shell, used, options);
      const unpacking =
        /unpack-module\.sh \/var\/lib\/trencadis\/components\/\w+\/ours-web-1\.0\.0\.tar\.gz \S+\.partial\/web$/m;
      expect(missing.commands.join('\n')).toMatch(unpacking);
      const there = scriptedShell(root);
      await configurator.configure(there.shell, used, options);
      expect(there.commands.join('\n')).not.toMatch(unpacking);
      expect(there.commands.join('\n')).toMatch(/--modulepath \S+modules\/\w+:\S+recipe-modules\/\w+ /);
    });

    it('says which module was not delivered, before it touches the machine', async () => {
      const { shell, commands } = scriptedShell(root);
      const used = {
        ...job,
        recipe: { kind: 'text', text: 'include web\ninclude wob' } as const,
        components: [archive],
      };
      await expect(configurator.configure(shell, used, options)).rejects.toThrow(
        'line 2 needs the module wob, which was not',
      );
      expect(commands).toEqual([]);
    });
  });
});
