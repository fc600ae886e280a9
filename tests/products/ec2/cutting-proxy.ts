import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';

/** What happens to a request: `pass`; `cut`: it is done, and its answer lost; `refuse`: it is not done. */
export type Fate = 'pass' | 'cut' | 'refuse';

export interface CuttingProxy {
  readonly endpoint: string;
  /** Requests that change something at Amazon. */
  changes(): number;
  stop(): Promise<void>;
}

/** Said by what is refused: a platform that has died. */
export const refusal = 'the platform is dead';
const ownToProxy = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'expect']);

/** Before moto: `fateOf` is asked about each change, by its number from 1; what only reads after a refusal is refused too. */
export async function startCuttingProxy(
  endpoint: string,
  fateOf: (change: number, action: string) => Fate,
): Promise<CuttingProxy> {
  let changes = 0;
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const body = await textOf(incoming);
    const action = actionOf(incoming, body);
    const isChange = !/^(Describe|Get|List)/.test(action);
    if (isChange) changes += 1;
    const fate = fateOf(changes, action);
    if (fate === 'refuse') return outgoing.writeHead(403, { 'content-type': 'text/xml' }).end(refused);
    const passed = await passOn(endpoint, incoming, body);
    if (fate === 'cut' && isChange) return incoming.socket.destroy();
    return outgoing.writeHead(passed.status, { 'content-type': passed.type }).end(passed.text);
  };
  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    changes: () => changes,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

/** As the query protocol tells it; services that speak JSON take it for an answer without a type. */
const refused = `<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>${refusal}</Message></Error></Errors><Error><Code>UnauthorizedOperation</Code><Message>${refusal}</Message></Error></Response>`;

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8');
}

function actionOf({ headers }: IncomingMessage, body: string): string {
  const target = headers['x-amz-target'];
  return typeof target === 'string'
    ? (target.split('.').at(-1) ?? '')
    : (new URLSearchParams(body).get('Action') ?? '');
}

async function passOn(endpoint: string, { headers }: IncomingMessage, body: string) {
  const kept = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    ownToProxy.has(name) || typeof value !== 'string' ? [] : [[name, value]],
  );
  const answer = await fetch(endpoint, { method: 'POST', headers: kept, body });
  const type = answer.headers.get('content-type') ?? 'text/xml';
  return { status: answer.status, type, text: await answer.text() };
}
