import type { FetchOrder } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';
import type { RootShell } from './root-shell.ts';

/** For a file of gigabytes; a connection on which nothing comes ends long before. */
const fetchTimeoutMs = 600_000;

interface FileToFetch {
  readonly fileName: string;
  /** Where to on the machine. */
  readonly path: string;
  readonly order: FetchOrder;
}

export interface FetchOptions {
  /** Where our module is on the machine: the program that fetches is one of its files. */
  readonly modulePath: string;
  readonly onLine: (line: string) => void;
}

/** Has the machine fetch a file over HTTPS; `false` when it cannot reach the platform at all. */
export async function fetchComponent(
  root: RootShell,
  { fileName, path, order }: FileToFetch,
  { modulePath }: Pick<FetchOptions, 'modulePath'>,
): Promise<boolean> {
  const address = await root.callerAddress();
  if (address === undefined) return false;
  const { exitCode, stderr } = await root.run(['ruby', `${modulePath}/trencadis/files/fetch.rb`, path], {
    stdin: JSON.stringify({ ...order, address }),
    timeoutMs: fetchTimeoutMs,
  });
  if (exitCode === 0) return true;
  if (exitCode === exitCodes.unreachable) return false;
  const why = root.scrub(stderr.trim()).replaceAll(order.token, '(grant)');
  const message = `VM ${root.vmName} could not fetch component ${fileName} from the platform at ${address} port ${order.port}: ${why}`;
  throw new PlatformError(codeOf(exitCode), message, { subject: fileName });
}

/** Of fetch.rb. */
const exitCodes = { unreachable: 3, cutOff: 4, refused: 5 };

function codeOf(exitCode: number): PlatformError['code'] {
  if (exitCode === exitCodes.cutOff) return 'unavailable';
  return exitCode === exitCodes.refused ? 'forbidden' : 'internal';
}
