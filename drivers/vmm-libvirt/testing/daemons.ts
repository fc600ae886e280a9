import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, readFile, stat } from 'node:fs/promises';
import { pollUntil, systemClock } from '@trencadis/clock';
import { execa } from 'execa';
import { installPackages } from './packages.ts';

export const endpoint = 'qemu:///system';

/**
 * libvirtd and virtlogd, where none runs: a machine without systemd has them installed and not started. Answers how to
 * stop what was started.
 */
export async function startDaemons(): Promise<() => Promise<void>> {
  await installPackages();
  if (await answers()) return async () => undefined;
  const restoreKvm = await openKvm();
  const started = [launch('/usr/sbin/virtlogd'), launch('/usr/sbin/libvirtd')];
  const stop = async () => {
    for (const daemon of started.toReversed()) {
      if (daemon.exitCode !== null) continue;
      const ended = once(daemon, 'exit');
      daemon.kill('SIGTERM');
      await ended;
    }
    await restoreKvm();
  };
  const ready = await pollUntil(async () => ((await answers()) ? true : undefined), {
    clock: systemClock,
    everyMs: 200,
    deadlineMs: 60_000,
  });
  if (ready === true) return stop;
  await stop();
  throw new Error('libvirtd does not answer a minute after it was started');
}

async function answers(): Promise<boolean> {
  const { exitCode } = await execa('virsh', ['-c', endpoint, 'uri'], { reject: false, timeout: 60_000 });
  return exitCode === 0;
}

function launch(program: string): ChildProcess {
  return spawn(program, [], { stdio: 'ignore', cwd: '/' });
}

/**
 * Where no udev runs, `/dev/kvm` is root's alone, and libvirt asks QEMU for its abilities before every use, for a minute,
 * since it finds KVM as root and not as QEMU's user. udev's own rule is group kvm, 0660.
 */
async function openKvm(): Promise<() => Promise<void>> {
  const path = '/dev/kvm';
  const before = await stat(path).catch(() => undefined);
  const groups = await readFile('/etc/group', 'utf8');
  const group = /^kvm:[^:]*:(\d+):/m.exec(groups)?.[1];
  if (before === undefined || group === undefined || before.gid === Number(group))
    return async () => undefined;
  await chown(path, 0, Number(group));
  await chmod(path, 0o660);
  return async () => {
    await chown(path, before.uid, before.gid);
    await chmod(path, before.mode & 0o777);
  };
}
