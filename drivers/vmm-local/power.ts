import { readFile, rmdir, writeFile } from 'node:fs/promises';
import { pollUntil } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { makeCgroup, processesIn, removeCgroup, signalProcess } from './cgroup.ts';
import { commandEnvironment } from './command.ts';
import { consolePieceBytes, lastConsoleLines } from './console.ts';
import type { MachinePlaces } from './layout.ts';
import { connect, disconnect, namespacePath } from './machine-network.ts';
import { diskMounts, mountDisks, mountRoot, unmountAll } from './mounts.ts';
import { type MachineRecord, isMissing } from './records.ts';
import type { MachineStep, Site } from './site.ts';

const bootDeadlineMs = 15_000;
/** SIGRTMIN+4 of glibc: systemd as PID 1 powers off (systemd(1), "Signals"). */
const powerOffSignal = 38;
const askAgainMs = 500;

/**
 * Runs the command inside the cgroups, again after each reboot (exit code 133 of systemd-nspawn under --keep-unit).
 * The console goes to the log in pieces, of which the last two stay, so that it cannot fill the disk. Arguments: log, size
 * of a piece in bytes, cgroup.procs files, `--`, command.
 */
const launcher = `set -eu
log=$1 limit=$2; shift 2
rm -f "$log.old"
keep() {
  while stdbuf -o0 head -c "$limit" > "$log"; [ "$(stat -c %s "$log")" -ge "$limit" ]; do
    mv "$log" "$log.old"
  done
}
exec > >(keep) 2>&1 < /dev/null
groups=()
while [ "$1" != -- ]; do groups+=("$1"); shift; done
shift
run() {
  for group in "\${groups[@]}"; do echo "$BASHPID" > "$group" || exit 1; done
  exec "$@"
}
status=133
while [ "$status" = 133 ]; do status=0; (run "$@") || status=$?; done
exit "$status"`;

/** Ends what still runs of the machine and takes away all that a boot makes. Files stay. */
export const tearDown: MachineStep = async (site, machine, signal) => {
  const places = site.layout.machine(machine.spec.name);
  await removeCgroup(places.kernelName, site.clock, signal);
  await disconnect(places, machine, signal);
  await unmountAll(places.directory, signal);
  await removeIfThere(`/run/systemd/nspawn/propagate/${places.kernelName}`);
};

const launch: MachineStep = async (site, machine, signal) => {
  const { spec } = machine;
  const places = site.layout.machine(spec.name);
  const joins = await makeCgroup(places.kernelName, spec);
  const words = [places.console, String(consolePieceBytes), ...joins, '--', ...nspawnCommand(site, machine)];
  const child = execa('bash', ['-c', launcher, 'launcher', ...words], {
    cleanup: false,
    detached: true,
    env: { ...commandEnvironment, SYSTEMD_NSPAWN_API_VFS_WRITABLE: 'network' },
    extendEnv: false,
    cwd: '/',
    stdio: 'ignore',
    reject: false,
  });
  child.nodeChildProcess.unref();
  let hasEnded = false;
  child.nodeChildProcess.on('exit', () => (hasEnded = true));
  const leader = await pollUntil(async () => (hasEnded ? 'ended' : await leaderOf(places.kernelName)), {
    clock: site.clock,
    everyMs: 10,
    deadlineMs: bootDeadlineMs,
    signal,
  });
  if (typeof leader !== 'number') throw await bootFailure(places, spec.name);
  await writeFile(places.booted, '');
};

/** The steps from files to a running machine; the first makes way for another try. */
export const bootSteps: readonly MachineStep[] = [tearDown, mountRoot, mountDisks, connect, launch];

/**
 * Powers the machine off: asks its systemd, and kills it when that takes longer than the site allows. The files stay,
 * so that it can be started again.
 */
export const powerOff: MachineStep = async (site, machine, signal) => {
  const { kernelName } = site.layout.machine(machine.spec.name);
  const { clock, stopTimeoutMs } = site;
  const end = clock.now().getTime() + stopTimeoutMs;
  while (clock.now().getTime() < end) {
    const leader = await leaderOf(kernelName);
    if (leader === undefined) break;
    // Asked again and again: a PID 1 that has only just started does not listen yet.
    signalProcess(leader, powerOffSignal);
    await pollUntil(() => hasEmptied(kernelName), { clock, everyMs: 20, deadlineMs: askAgainMs, signal });
  }
  await tearDown(site, machine, signal);
};

async function hasEmptied(kernelName: string): Promise<true | undefined> {
  return (await processesIn(kernelName)).length === 0 ? true : undefined;
}

/** The host's id of the machine's PID 1; `undefined` when it does not run. */
export async function leaderOf(kernelName: string): Promise<number | undefined> {
  for (const id of await processesIn(kernelName)) {
    const status = await statusOf(id);
    // Until it becomes the machine's init, PID 1 is a copy of systemd-nspawn itself.
    if (/^NSpid:\s+\d+\s+1$/m.test(status) && !status.startsWith('Name:\tsystemd-nspawn\n')) return id;
  }
  return undefined;
}

function nspawnCommand(site: Site, machine: MachineRecord): readonly string[] {
  const { root, kernelName } = site.layout.machine(machine.spec.name);
  return [
    // Not --network-namespace-path: under that, the machine would see the host's /sys/class/net.
    'nsenter',
    `--net=${namespacePath(kernelName)}`,
    'systemd-nspawn',
    '--quiet',
    '--boot',
    `--directory=${root}`,
    `--machine=${kernelName}`,
    `--hostname=${machine.spec.hostName}`,
    '--register=no',
    '--keep-unit',
    '--capability=CAP_NET_ADMIN',
    '--console=read-only',
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
    ...diskMounts(site, machine).map(({ mountPoint, mountPath }) => `--bind=${mountPoint}:${mountPath}`),
  ];
}

async function statusOf(id: number): Promise<string> {
  try {
    return await readFile(`/proc/${id}/status`, 'utf8');
  } catch (error) {
    if (isMissing(error) || (error instanceof Error && 'code' in error && error.code === 'ESRCH')) return '';
    throw error;
  }
}

async function bootFailure(places: MachinePlaces, name: string): Promise<PlatformError> {
  const lines = await lastConsoleLines(places);
  return new PlatformError(
    'internal',
    `The local machine ${name} did not boot: ${lines.at(-1) ?? 'its console is empty'}. The whole text is in ${places.console}.`,
    { subject: name, details: { console: lines } },
  );
}

async function removeIfThere(directory: string): Promise<void> {
  try {
    await rmdir(directory);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}
