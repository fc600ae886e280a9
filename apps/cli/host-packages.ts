import { join } from 'node:path';
import { stateDirectory } from '@trencadis/config';
import { ansibleHostPackages } from '@trencadis/configurator-ansible/host-packages';
import { PlatformError } from '@trencadis/errors';
import {
  type HostPackage,
  diskHostPackages,
  missingHostPackages,
  requiredHostPackages,
} from '@trencadis/images';
import { probeLocalVmm } from '@trencadis/vmm-local';
import { execa } from 'execa';
import { confirm } from './confirm.ts';

interface MissingPackage {
  readonly name: string;
  readonly why: string;
}

export interface HostPackageOptions {
  readonly yes?: boolean;
  readonly withTestPackages?: boolean;
  readonly withDiskPackages?: boolean;
}

const testPackages = [
  ...diskHostPackages,
  {
    command: 'genisoimage',
    package: 'genisoimage',
    why: 'user data of machines that boot from disks, in tests',
  },
  {
    command: 'qemu-system-x86_64',
    package: 'qemu-system-x86',
    why: 'machines that boot from disks, in tests',
  },
  { command: 'sshd', package: 'openssh-server', why: 'a real SSH server for the tests (none is started)' },
];

/** Installs what the distribution must give and this host lacks; asks once, saying what and why. Needs root. */
export async function installHostPackages(options: HostPackageOptions): Promise<void> {
  const forTests = options.withTestPackages === true ? testPackages : [];
  const forDisks = options.withDiskPackages === true ? diskHostPackages : [];
  const programs = [...requiredHostPackages, ...ansibleHostPackages, ...forDisks, ...forTests];
  const missing = [...(await missingPrograms(programs)), ...(await missingForMachines())];
  if (missing.length === 0) return;
  const list = missing.map(({ name, why }) => `  ${name}: ${why}`).join('\n');
  process.stderr.write(`This host lacks some of Debian's packages:\n${list}\n`);
  await confirm('Install them with apt-get?', options);
  await aptGet(['update']);
  await aptGet(['install', '--yes', '--no-install-recommends', ...new Set(missing.map(({ name }) => name))]);
}

async function missingPrograms(programs: readonly HostPackage[]): Promise<readonly MissingPackage[]> {
  return (await missingHostPackages(programs)).map(({ package: name, why }) => ({ name, why }));
}

async function missingForMachines(): Promise<MissingPackage[]> {
  const problems = await probeLocalVmm({ directory: join(stateDirectory(), 'local') });
  return problems.flatMap(({ package: name, what }) => (name === undefined ? [] : [{ name, why: what }]));
}

async function aptGet(args: readonly string[]): Promise<void> {
  const { exitCode, all } = await execa('apt-get', ['--quiet', ...args], {
    env: { DEBIAN_FRONTEND: 'noninteractive' },
    all: true,
    reject: false,
  });
  if (exitCode === 0) return;
  const last = all.split('\n').slice(-5).join('\n');
  throw new PlatformError('unavailable', `apt-get ${args.join(' ')} failed:\n${last}`, {
    subject: 'apt-get',
  });
}
