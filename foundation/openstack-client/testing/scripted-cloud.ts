import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
}

export interface ScriptedRequest {
  /** `POST /load-balancer/v2/lbaas/pools`, without its query. */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

/** `undefined`: the connection is cut without an answer. */
export type Script = (asked: ScriptedRequest) => ScriptedAnswer | undefined;

export interface ScriptedCloud extends AsyncDisposable {
  readonly endpoint: string;
  /** `METHOD PATH` of every request but those for tokens. */
  readonly asked: readonly string[];
  /** How many tokens were given. */
  readonly tokens: () => number;
}

export interface ScriptOptions {
  /** What the catalog has, by type and, where that goes on, path: `network`, `volumev3/v3/p`. */
  readonly services: readonly string[];
  /** Of each service; default `one`. */
  readonly regions?: readonly string[];
  /** How long a token lasts; default an hour. */
  readonly tokenMs?: number;
  readonly tls?: { readonly key: string; readonly cert: string };
}

/** A server on loopback that gives tokens as Keystone does, and for all other services says what the script says. */
export async function startScriptedCloud(script: Script, options: ScriptOptions): Promise<ScriptedCloud> {
  const asked: string[] = [];
  let tokens = 0;
  let endpoint = '';
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://any');
    const sent = await text(request);
    if (pathname === '/v3/auth/tokens') {
      tokens += 1;
      return give(response, tokenAnswer(endpoint, `token-${tokens}`, options));
    }
    const what = `${method} ${pathname}`;
    asked.push(what);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    const answer = script({ what, query, body });
    if (answer === undefined) request.socket.destroy();
    else give(response, answer);
  };
  const listener = (request: IncomingMessage, response: ServerResponse) => void serve(request, response);
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
  const said = typeof body === 'string' ? body : JSON.stringify(body ?? {});
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(said);
}

function tokenAnswer(
  base: string,
  id: string,
  { services, regions = ['one'], tokenMs = 3_600_000 }: ScriptOptions,
): ScriptedAnswer {
  const catalog = services.map((path) => ({
    type: path.replace(/\/.*/, ''),
    endpoints: regions.map((region) => ({ interface: 'public', region_id: region, url: `${base}/${path}` })),
  }));
  const token = {
    expires_at: new Date(Date.now() + tokenMs).toISOString(),
    project: { id: 'p' },
    roles: [{ name: 'member' }],
    catalog,
  };
  return { status: 201, headers: { 'x-subject-token': id }, body: { token } };
}
