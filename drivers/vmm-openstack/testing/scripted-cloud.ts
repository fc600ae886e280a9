import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
}

/** `undefined`: the connection is cut without an answer. */
export type Script = (method: string, path: string, request: IncomingMessage) => ScriptedAnswer | undefined;

export interface ScriptedCloud extends AsyncDisposable {
  readonly endpoint: string;
  /** `METHOD PATH?QUERY` of every request but those for tokens. */
  readonly asked: readonly string[];
  /** How many tokens were given. */
  readonly tokens: () => number;
}

export interface ScriptOptions {
  /** How long a token lasts; default an hour. */
  readonly tokenMs?: number;
  readonly regions?: readonly string[];
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A server on loopback that gives tokens as Keystone does, and for all other services says what the script says. */
export async function startScriptedCloud(
  script: Script,
  options: ScriptOptions = {},
): Promise<ScriptedCloud> {
  const asked: string[] = [];
  let tokens = 0;
  let endpoint = '';
  const listener: RequestListener = (request, response) => {
    const { method = 'GET', url = '/' } = request;
    if (url === '/v3/auth/tokens') {
      tokens += 1;
      return give(response, tokenAnswer(endpoint, `token-${tokens}`, options));
    }
    asked.push(`${method} ${url}`);
    const answer = script(method, url, request);
    if (answer === undefined) return void request.socket.destroy();
    give(response, answer);
  };
  const { tls } = options;
  const server = tls === undefined ? createServer(listener) : createTlsServer(tls, listener);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  endpoint = `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    asked,
    tokens: () => tokens,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => void server.close(resolve));
    },
  };
}

function give(response: ServerResponse, { status = 200, headers = {}, body }: ScriptedAnswer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
}

function tokenAnswer(
  base: string,
  id: string,
  { tokenMs = 3_600_000, regions = ['one'] }: ScriptOptions,
): ScriptedAnswer {
  const at = (path: string) =>
    regions.map((region) => ({ interface: 'public', region_id: region, url: `${base}/${region}${path}` }));
  const catalog = [
    { type: 'compute', endpoints: at('/compute/v2.1') },
    { type: 'network', endpoints: at('/network') },
    { type: 'image', endpoints: at('/image') },
    { type: 'volumev3', endpoints: at('/volume/v3/p') },
  ];
  const token = {
    expires_at: new Date(Date.now() + tokenMs).toISOString(),
    project: { id: 'p' },
    roles: [{ name: 'member' }],
    catalog,
  };
  return { status: 201, headers: { 'x-subject-token': id }, body: { token } };
}
