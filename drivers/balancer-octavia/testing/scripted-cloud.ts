import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  /** JSON, or text as it is. */
  readonly body?: unknown;
}

/** `undefined`: the connection is cut without an answer. */
export type Script = (asked: ScriptedRequest) => ScriptedAnswer | undefined;

export interface ScriptedRequest {
  /** `POST /octavia/v2/lbaas/pools`, without its query. */
  readonly what: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  readonly request: IncomingMessage;
}

export interface ScriptedCloud extends AsyncDisposable {
  readonly endpoint: string;
  /** `METHOD PATH` of every request but those for tokens. */
  readonly asked: readonly string[];
}

/** A server on loopback that gives tokens as Keystone does, and for all other services says what the script says. */
export async function startScriptedCloud(
  script: Script,
  services: readonly string[] = ['load-balancer', 'network'],
): Promise<ScriptedCloud> {
  const asked: string[] = [];
  let endpoint = '';
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/' } = request;
    const { pathname, searchParams: query } = new URL(url, 'http://any');
    const sent = await text(request);
    if (pathname === '/v3/auth/tokens') return give(response, tokenAnswer(endpoint, services));
    const what = `${method} ${pathname}`;
    asked.push(what);
    const body: unknown = sent === '' ? undefined : JSON.parse(sent);
    const answer = script({ what, query, body, request });
    if (answer === undefined) request.socket.destroy();
    else give(response, answer);
  };
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    endpoint,
    asked,
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

function tokenAnswer(base: string, services: readonly string[]): ScriptedAnswer {
  const catalog = services.map((type) => ({
    type,
    endpoints: [{ interface: 'public', region_id: 'one', url: `${base}/${type}` }],
  }));
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  const token = { expires_at: expires, project: { id: 'p' }, catalog };
  return { status: 201, headers: { 'x-subject-token': 'token' }, body: { token } };
}
