import type { DeliveredComponent, RemoteShell } from '@trencadis/contextualization';
import { sha256OfText } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { deliverComponents } from './deliver-components.ts';
import { withRootShell } from './root-shell.ts';

interface Site {
  /** How fetch.rb ends. */
  readonly exitCode?: number;
  /** SSH_CONNECTION; none when empty. */
  readonly session?: string;
  /** Exit codes of sha256sum, one after the other. */
  readonly digestChecks: readonly number[];
}

/** Delivers two files with orders to a machine that behaves so. */
async function deliver({ exitCode = 0, session = '10.0.0.1 40000 10.0.0.2 22', digestChecks }: Site) {
  const commands: string[] = [];
  const orders: string[] = [];
  const pushed: string[] = [];
  const lines: string[] = [];
  const checks = [...digestChecks];
  const shell: RemoteShell = {
    endpoint: { host: 'vm-1', port: 22, user: 'root', privateKey: '', hostKeys: [] },
    run: async (argv, { stdin = '' }) => {
      commands.push(argv.join(' '));
      const answer = { stdout: '', stderr: '', exitCode: 0 };
      if (argv.includes('id')) return { ...answer, stdout: '1000\n' };
      if (argv.includes('printenv')) return { ...answer, stdout: session, exitCode: session === '' ? 1 : 0 };
      if (argv.includes('sha256sum')) return { ...answer, exitCode: checks.shift() ?? 0 };
      if (!argv.includes('ruby')) return answer;
      orders.push(stdin);
      return { ...answer, exitCode, stderr: 'no TOKEN-OF-TEST' };
    },
    putFile: async ({ content }) => void pushed.push(String(content)),
    getFile: async () => Buffer.alloc(0),
    close: async () => undefined,
  };
  const root = { vmName: 'vm-1', signal: new AbortController().signal, scrub: (text: string) => text };
  const options = { modulePath: '/m', onLine: (line: string) => void lines.push(line) };
  const delivering = withRootShell(shell, root, async (hands) => {
    await deliverComponents(hands, ['a', 'b'].map(fileOf), options);
  });
  const error = await delivering.catch((thrown: unknown) => thrown);
  return { commands, orders, pushed, lines, error };
}

function fileOf(fileName: string): DeliveredComponent {
  const order = { port: 8444, path: `/components/${fileName}`, serverName: 'platform.test' };
  return {
    fileName,
    digest: sha256OfText(fileName),
    content: async () => Buffer.from(`content of ${fileName}`),
    order: async () => ({ ...order, authorityPem: 'PEM', token: 'TOKEN-OF-TEST' }),
  };
}

/** Both files are missing, and then what they should be. */
const digestChecks = [1, 0, 1, 0];

describe('deliverComponents', () => {
  it('has the machine fetch from where its SSH session comes, its token in no command', async () => {
    const { commands, orders, pushed, lines, error } = await deliver({ digestChecks });
    expect(error).toBeUndefined();
    expect(orders.map((order) => JSON.parse(order) as unknown)).toMatchObject([
      { address: '10.0.0.1', port: 8444, path: '/components/a', token: 'TOKEN-OF-TEST' },
      { address: '10.0.0.1', port: 8444, path: '/components/b', token: 'TOKEN-OF-TEST' },
    ]);
    expect(commands.join('\n')).not.toContain('TOKEN-OF-TEST');
    expect(commands).toContain('printenv SSH_CONNECTION');
    expect({ pushed, lines }).toEqual({ pushed: [], lines: [] });
  });

  it('brings nothing that is there already', async () => {
    const { orders, pushed } = await deliver({ digestChecks: [0, 0] });
    expect({ orders, pushed }).toEqual({ orders: [], pushed: [] });
  });

  it('pushes to a machine that cannot reach the platform, asks it once and says so once', async () => {
    const { orders, pushed, lines, error } = await deliver({ exitCode: 3, digestChecks });
    expect(error).toBeUndefined();
    expect(orders).toHaveLength(1);
    expect(pushed).toEqual(['content of a', 'content of b']);
    expect(lines).toEqual(['VM vm-1 cannot reach the platform: its components are pushed over SSH.']);
  });

  it('pushes where the session does not tell where the platform is', async () => {
    const { orders, pushed } = await deliver({ session: '', digestChecks });
    expect(orders).toEqual([]);
    expect(pushed).toHaveLength(2);
  });

  it.each([
    [1, 'internal'],
    [4, 'unavailable'],
    [5, 'forbidden'],
    [127, 'internal'],
  ])('pushes nothing after exit code %i: that is an error, %s, without the token', async (exitCode, code) => {
    const { pushed, error } = await deliver({ exitCode, digestChecks });
    expect(error).toMatchObject({ code, subject: 'a' });
    expect((error as Error).message).toContain('no (grant)');
    expect(pushed).toEqual([]);
  });

  it('takes away what does not have its digest, and never puts it in its place', async () => {
    const { commands, pushed, error } = await deliver({ digestChecks: [1, 1] });
    expect(error).toMatchObject({ code: 'internal', subject: 'a' });
    expect(commands.some((command) => command.includes('rm -f -- '))).toBe(true);
    expect(commands.some((command) => command.includes(' mv '))).toBe(false);
    expect(pushed).toEqual([]);
  });
});
