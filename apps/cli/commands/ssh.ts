import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brandId } from '@trencadis/ids';
import type { Command } from 'commander';
import { execa } from 'execa';
import { connectPlatform } from '../connect.ts';
import { pickVm, statusOf } from '../find-infrastructure.ts';

interface Endpoint {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  readonly hostKeys: readonly string[];
}

export function addSshCommand(program: Command): void {
  program
    .command('ssh')
    .description('open a shell on a VM, or run a command there')
    .argument('<name>', 'the infrastructure')
    .argument('[vm]', 'the VM, or a part of its name')
    .argument('[command...]', 'after --')
    .action(async (name: string, vm: string | undefined, command: readonly string[]) => {
      await using platform = await connectPlatform();
      const status = await statusOf(platform.infrastructures, name);
      const infrastructureId = brandId('InfrastructureId', status.infrastructure.id);
      const vmName = brandId('VmName', pickVm(status, vm).name);
      const endpoint = await platform.infrastructures.shell({ params: { infrastructureId, vmName } });
      process.exitCode = await openShell(endpoint, command);
    });
}

/** OpenSSH with a key file that lives as long as the session, and only the host keys pinned at the VM's creation. */
async function openShell(endpoint: Endpoint, command: readonly string[]): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'trencadis-ssh-'));
  try {
    const keyFile = join(folder, 'key');
    const knownHosts = join(folder, 'known_hosts');
    const host = endpoint.port === 22 ? endpoint.host : `[${endpoint.host}]:${endpoint.port}`;
    await writeFile(keyFile, endpoint.privateKey, { mode: 0o600 });
    await writeFile(knownHosts, endpoint.hostKeys.map((key) => `${host} ${key}\n`).join(''));
    const options = [
      `UserKnownHostsFile=${knownHosts}`,
      'StrictHostKeyChecking=yes',
      'IdentitiesOnly=yes',
      'LogLevel=ERROR',
    ];
    const { exitCode } = await execa(
      'ssh',
      [
        '-F',
        'none',
        '-i',
        keyFile,
        '-p',
        String(endpoint.port),
        ...options.flatMap((each) => ['-o', each]),
        `${endpoint.user}@${endpoint.host}`,
        ...command,
      ],
      { stdio: 'inherit', reject: false },
    );
    return exitCode ?? 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
