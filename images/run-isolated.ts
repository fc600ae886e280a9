import { execa } from 'execa';

export interface IsolatedOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface Outcome {
  /** Both outputs, in order. */
  readonly lines: readonly string[];
  /** Why the command did not end well; absent when it did. */
  readonly failure?: Error;
}

const diesWithUs = [
  '--pdeathsig',
  'KILL',
  'unshare',
  '--fork',
  '--kill-child',
  '--pid',
  '--mount',
  '--mount-proc',
];
const enterRoot =
  'mount --rbind /dev "$1/dev" && mount -t proc proc "$1/proc" && root=$1 && shift && exec chroot "$root" "$@"';
/** Where Debian has programs, administrators' ones too. */
export const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * Runs a command in mount and process namespaces of its own: whatever it mounts or starts is gone when it ends, and it
 * ends when this process does, however that dies. Rejects only when aborted.
 */
export async function runIsolated(argv: readonly string[], options: IsolatedOptions): Promise<Outcome> {
  return await follow([...diesWithUs, ...argv], options, true);
}

/** As {@link runIsolated}, inside the tree at `root`, without a network and without any variable of the host. */
export async function runInRoot(
  root: string,
  argv: readonly string[],
  options: IsolatedOptions,
): Promise<Outcome> {
  const env = { PATH: searchPath, LANG: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...options.env };
  return await follow(
    [...diesWithUs, '--net', 'sh', '-c', enterRoot, 'sh', root, ...argv],
    { ...options, env },
    false,
  );
}

async function follow(
  argv: readonly string[],
  { env = {}, onLine, signal }: IsolatedOptions,
  extendEnv: boolean,
): Promise<Outcome> {
  signal?.throwIfAborted();
  const running = execa('setpriv', argv, {
    all: true,
    stdin: 'ignore',
    reject: false,
    env,
    extendEnv,
    // unshare ignores the gentler signals while it waits; its child is killed with it.
    killSignal: 'SIGKILL',
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  const lines: string[] = [];
  for await (const line of running.iterable({ from: 'all' })) {
    lines.push(line);
    onLine?.(line);
  }
  const result = await running;
  signal?.throwIfAborted();
  return result.failed ? { lines, failure: new Error(result.shortMessage) } : { lines };
}
