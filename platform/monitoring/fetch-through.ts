import type { RemoteShell } from '@trencadis/contextualization';
import { PlatformError } from '@trencadis/errors';

export interface FetchRequest {
  /** `tcp`: only whether something accepts a connection. */
  readonly protocol: 'tcp' | 'http' | 'https';
  readonly address: string;
  readonly port: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of `https`: who vouches, and for which name. */
  readonly authorityPem?: string;
  readonly serverName?: string;
  readonly timeoutMs: number;
}

/** What came of it there: an answer, or why there is none. `tookMs` is measured there, from the connection on. */
export type FetchAnswer =
  | { readonly status: number; readonly body: string; readonly tookMs: number }
  | { readonly error: string; readonly tookMs: number };

/** The link, the shell's own start and Python's. */
const overheadMs = 15_000;

/**
 * One request made on the shell's machine, with its Python 3, which is in every image that can be contextualized. It
 * follows no redirect. What holds secrets goes over standard input. Throws `unavailable` where the link fails,
 * `unsupported` without Python.
 */
export async function fetchThrough(
  shell: RemoteShell,
  request: FetchRequest,
  signal: AbortSignal,
): Promise<FetchAnswer> {
  const { exitCode, stdout, stderr } = await shell.run(['python3', '-I', '-c', program], {
    signal,
    timeoutMs: request.timeoutMs + overheadMs,
    stdin: JSON.stringify(request),
  });
  if (exitCode === 0) return JSON.parse(stdout) as FetchAnswer;
  const { host } = shell.endpoint;
  const details = { exitCode, stderr: stderr.slice(-2000) };
  if (exitCode === 126 || exitCode === 127) {
    const message = `${host} has no python3, with which requests are made from there: install the package python3.`;
    throw new PlatformError('unsupported', message, { subject: host, details });
  }
  const message = `A request from ${host} to ${request.address} could not be made (exit code ${exitCode}).`;
  throw new PlatformError('unavailable', message, { subject: host, details });
}

/** The alarm bounds all of it: each read alone may take as long as a socket's timeout says. */
const program = `
import http.client, json, signal, socket, ssl, sys, time

asked = json.load(sys.stdin)
seconds = asked['timeoutMs'] / 1000

def too_late(*_):
    raise TimeoutError()

def connect():
    return socket.create_connection((asked['address'], asked['port']), timeout=seconds)

def ask():
    if asked['protocol'] == 'tcp':
        connect().close()
        return {'status': 0, 'body': ''}
    link = connect()
    if asked['protocol'] == 'https':
        context = ssl.create_default_context(cadata=asked['authorityPem'])
        link = context.wrap_socket(link, server_hostname=asked['serverName'])
    connection = http.client.HTTPConnection(asked['address'], asked['port'])
    connection.sock = link
    connection.request(asked['method'], asked['path'], headers=asked['headers'])
    answer = connection.getresponse()
    return {'status': answer.status, 'body': answer.read(1 << 20).decode('utf-8', 'replace')}

signal.signal(signal.SIGALRM, too_late)
signal.setitimer(signal.ITIMER_REAL, seconds)
start = time.monotonic()
try:
    result = ask()
except TimeoutError:
    result = {'error': 'no answer within %d ms' % asked['timeoutMs']}
except (OSError, http.client.HTTPException, ValueError) as error:
    result = {'error': getattr(error, 'verify_message', None) or getattr(error, 'strerror', None) or repr(error)}
signal.setitimer(signal.ITIMER_REAL, 0)
result['tookMs'] = round((time.monotonic() - start) * 1000, 1)
json.dump(result, sys.stdout)
`;
