import { access } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { execa } from 'execa';
import { jobPath, ownFolders } from './job-folder.ts';

/** What programs read of the host: no home, no state of the platform, no other job. */
const hostFiles = [
  '/etc/alternatives',
  '/etc/ca-certificates',
  '/etc/group',
  '/etc/hosts',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/etc/nsswitch.conf',
  '/etc/passwd',
  '/etc/python3',
  '/etc/resolv.conf',
  '/etc/ssl',
];
const linksToUsr = ['bin', 'lib', 'lib32', 'lib64', 'sbin'];
const nobody = '65534';

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
  HOME: jobPath,
  LC_ALL: 'C.UTF-8',
  ANSIBLE_CONFIG: `${jobPath}/ansible.cfg`,
  PYTHONDONTWRITEBYTECODE: '1',
} as const;

export interface SandboxOptions {
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface SandboxResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs one of Ansible's programs with nothing of this host but its programs, the network and the job's folder: a recipe
 * may ask Ansible to run anything at all where Ansible is. Whatever it starts ends with it, and it ends with us.
 */
export async function runInSandbox(
  argv: readonly [string, ...string[]],
  { folder, signal, onLine }: SandboxOptions,
): Promise<SandboxResult> {
  await assertInstalled(argv[0]);
  const running = execa('bwrap', [...sandboxArguments(folder), '--', ...argv], {
    cancelSignal: signal,
    // bwrap's child, the first of its process namespace, dies with it and takes all others along.
    killSignal: 'SIGKILL',
    env: environment,
    extendEnv: false,
    stdin: 'ignore',
    cwd: '/',
    reject: false,
    stripFinalNewline: false,
  });
  if (onLine) await Promise.all([tell(running, 'stdout', onLine), tell(running, 'stderr', onLine)]);
  const result = await running;
  signal.throwIfAborted();
  if (result.code === 'ENOENT') throw notInstalled('bwrap', 'bubblewrap');
  const { exitCode = 255, stdout, stderr } = result;
  if (exitCode !== 0 && /^bwrap: /m.test(stderr)) throw noSandbox(stderr.trim());
  return { exitCode, stdout, stderr };
}

async function tell(
  running: { iterable(options: { from: 'stdout' | 'stderr' }): AsyncIterable<string> },
  stream: 'stdout' | 'stderr',
  onLine: NonNullable<SandboxOptions['onLine']>,
): Promise<void> {
  for await (const line of running.iterable({ from: stream })) onLine(line, stream);
}

function sandboxArguments(folder: string): string[] {
  return [
    ['--unshare-user', '--unshare-pid', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try'],
    ['--uid', nobody, '--gid', nobody, '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ['--ro-bind', '/usr', '/usr'],
    ...linksToUsr.map((name) => ['--symlink', `usr/${name}`, `/${name}`]),
    ...hostFiles.map((path) => ['--ro-bind-try', path, path]),
    ['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp'],
    ...ownFolders.map(({ from, to }) => ['--ro-bind', from, to]),
    ['--bind', folder, jobPath, '--chdir', jobPath],
  ].flat();
}

async function assertInstalled(program: string): Promise<void> {
  try {
    await access(program);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw notInstalled(program, 'ansible-core');
  }
}

function notInstalled(program: string, name: string): PlatformError {
  const message = `This host has no ${program}, which recipes of Ansible need: run 'trencadis setup', or apt-get install ${name}.`;
  return new PlatformError('unsupported', message, { subject: name });
}

function noSandbox(why: string): PlatformError {
  const message = `This host cannot shut Ansible in (${why}): allow user namespaces (sysctl user.max_user_namespaces), or run the platform on a host that does.`;
  return new PlatformError('unsupported', message, { subject: 'bubblewrap' });
}
