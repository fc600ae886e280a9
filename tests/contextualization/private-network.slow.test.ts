import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { createAnsibleConfigurator } from '@trencadis/configurator-ansible';
import type { ConfigurationContext, RemoteShell, ShellEndpoint } from '@trencadis/contextualization';
import { isPlatformError } from '@trencadis/errors';
import { type VmName, brandId } from '@trencadis/ids';
import { createSshShellDriver } from '@trencadis/remote-shell-ssh';
import type { Vm } from '@trencadis/vmm';
import { createLocalVmm } from '@trencadis/vmm-local';
import { testImage } from '@trencadis/vmm-local/testing';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLoginKey } from './testing/start-machine.ts';

const never = new AbortController().signal;
const tag = brandId('Tag', 'private-network');
const inside = brandId('NetworkName', 'inner-net');
const names = ['inner-gate', 'inner-vm'].map((name) => brandId('VmName', name));
const driver = createSshShellDriver({ connectTimeoutMs: 2000 });

/** A gate that this host reaches, and a machine beside it that this host has no route to. */
describe('a machine on a private network only', () => {
  let directory: string;
  let vmm: ReturnType<typeof createLocalVmm>;
  let alone: ShellEndpoint;
  let behindGate: ShellEndpoint;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'trencadis-private-'));
    vmm = createLocalVmm({ directory, addressPool: '10.207.0.0/16' });
    await vmm.networks.createNetwork({ name: inside, tag, kind: 'private' }, never);
    const { publicKey, privateKey } = await makeLoginKey(directory);
    const endpointOf = ({ ssh, hostKeys }: Vm): ShellEndpoint => ({ ...ssh!, privateKey, hostKeys });
    // It brings Python along.
    const image = await testImage(['cloud-init']);
    const boot = async (name: VmName): Promise<ShellEndpoint> => {
      const login = { user: 'root', authorizedKey: publicKey };
      const size = { cpuCount: 1, memoryMiB: 256, interfaces: [{ network: inside }], disks: [] };
      return endpointOf(await vmm.createVm({ name, tag, hostName: name, image, ...size, login }, never));
    };
    const [gate, inner] = await Promise.all(names.map(boot));
    alone = inner!;
    behindGate = { ...inner!, via: gate! };
    await execa('ip', ['route', 'add', 'unreachable', `${alone.host}/32`]);
    await (await connected(behindGate)).close();
  });

  afterAll(async () => {
    await execa('ip', ['route', 'del', 'unreachable', `${alone.host}/32`], { reject: false });
    for (const name of names) await vmm.deleteVm(name, never);
    await vmm.networks.deleteNetwork(inside, never);
    await rm(directory, { recursive: true });
  });

  it('is reached through its sibling, and not without', async () => {
    await expect(driver.connect(alone, never)).rejects.toMatchObject({ code: 'unavailable' });
    const shell = await driver.connect(behindGate, never);
    const { stdout } = await shell.run(['hostname'], { signal: never, timeoutMs: 10_000 });
    await shell.close();
    expect(stdout).toBe('inner-vm\n');
  });

  it('is configured by Ansible through its sibling', async () => {
    const shell = await driver.connect(behindGate, never);
    const text = '- tasks:\n  - copy: {dest: /etc/greeting, content: "hello\\n"}\n';
    const job = {
      vmName: 'inner-vm',
      recipe: { kind: 'text', text } as const,
      components: [],
      context: contextOf('inner-vm', alone.host),
    };
    const lines: string[] = [];
    const onLine = (line: string): void => void lines.push(line);
    await createAnsibleConfigurator().configure(shell, job, { signal: never, timeoutMs: 120_000, onLine });
    const greeting = await shell.getFile('/etc/greeting', never);
    await shell.close();
    expect(greeting.toString()).toBe('hello\n');
  });
});

async function connected(endpoint: ShellEndpoint): Promise<RemoteShell> {
  const attempt = async () => {
    try {
      return await driver.connect(endpoint, never);
    } catch (error) {
      if (isPlatformError(error, 'unavailable')) return undefined;
      throw error;
    }
  };
  const shell = await pollUntil(attempt, { clock: systemClock, everyMs: 200, deadlineMs: 60_000 });
  if (shell) return shell;
  throw new Error(`${endpoint.host} does not answer through its sibling.`);
}

function contextOf(vmName: string, address: string): ConfigurationContext {
  return {
    infrastructureId: 'inf-testtest',
    vmName,
    systemId: 'inner',
    addresses: { inside: address },
    peers: [],
    certificate: { certificatePem: '', privateKeyPem: '', authorityPem: '' },
    databases: {},
    secrets: {},
    parameters: {},
  };
}
