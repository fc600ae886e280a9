import { type IncomingHttpHeaders, type IncomingMessage, type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';

export interface AwsRequest {
  /** `RunInstances`, `GetParameter`: whatever the protocol of the service says it in. */
  readonly action: string;
  /** Of the query protocol (EC2), by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface AwsAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** `undefined`: the connection is closed without an answer. */
export type AwsHandler = (request: AwsRequest) => AwsAnswer | undefined | Promise<AwsAnswer | undefined>;

export interface FakeAws {
  readonly endpoint: string;
  readonly requests: readonly AwsRequest[];
  stop(): Promise<void>;
}

/** A service on loopback that answers what a test says, in the shapes that Amazon's documentation shows. */
export async function startFakeAws(
  handle: AwsHandler,
  tls?: { readonly key: string; readonly cert: string },
): Promise<FakeAws> {
  const requests: AwsRequest[] = [];
  const listener = async (incoming: IncomingMessage) => {
    const request = await requestOf(incoming);
    requests.push(request);
    return handle(request);
  };
  const server: Server = tls === undefined ? createServer() : createTlsServer(tls);
  server.on('request', (incoming, outgoing) => {
    void listener(incoming).then((answer) => {
      if (answer === undefined) return incoming.socket.destroy();
      return outgoing.writeHead(answer.status ?? 200, answer.headers ?? {}).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port is free');
  return {
    endpoint: `${tls === undefined ? 'http' : 'https'}://localhost:${address.port}`,
    requests,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

async function requestOf(incoming: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk as Uint8Array));
  const body = Buffer.concat(chunks).toString('utf8');
  const target = incoming.headers['x-amz-target'];
  const parameters = Object.fromEntries(new URLSearchParams(target === undefined ? body : ''));
  const action = typeof target === 'string' ? (target.split('.').at(-1) ?? '') : (parameters['Action'] ?? '');
  return { action, parameters, headers: incoming.headers, body };
}

/** As EC2 tells a failure. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html */
export function ec2Error(code: string, message = 'as the test wants it', status = 400): AwsAnswer {
  const error = `<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
  return {
    status,
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0"?><Response><Errors>${error}</Errors><RequestID>test</RequestID></Response>`,
  };
}

/** As EC2 answers; `inner` is what the action says. */
export function ec2Answer(action: string, inner: string): AwsAnswer {
  const name = `${action}Response`;
  return {
    headers: { 'content-type': 'text/xml' },
    body: `<?xml version="1.0"?><${name} xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>test</requestId>${inner}</${name}>`,
  };
}

/** As the services answer that speak JSON; a failure names its type. */
export function jsonAnswer(body: unknown, status = 200): AwsAnswer {
  return { status, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify(body) };
}
