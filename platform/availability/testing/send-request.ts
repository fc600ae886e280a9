import { type RequestOptions, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

export interface BalancerRequest {
  readonly port: number;
  readonly protocol: 'http' | 'https';
  /** With its query; `/`. */
  readonly path?: string;
  /** GET. */
  readonly method?: string;
  /** What the client calls the server; the address otherwise. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Of `https`: whom the client trusts. */
  readonly authorityPem?: string;
  /** 15 s. */
  readonly timeoutMs?: number;
}

export interface BalancerAnswer {
  readonly status: number;
  /** Who answered, by the name of the backend; absent: the balancer itself. */
  readonly backend?: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Of `https`: the serial number of the server's certificate. */
  readonly serialNumber?: string;
}

/** One request on a connection of its own to that address. */
export async function sendRequest(address: string, asked: BalancerRequest): Promise<BalancerAnswer> {
  const {
    port,
    protocol,
    path = '/',
    method = 'GET',
    host,
    headers = {},
    authorityPem,
    timeoutMs = 15_000,
  } = asked;
  const options: RequestOptions & { ca?: string; servername?: string } = {
    host: address,
    port,
    path,
    method,
    headers: { ...headers, ...(host === undefined ? {} : { host }) },
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    ...(authorityPem === undefined ? {} : { ca: authorityPem }),
    ...(host === undefined ? {} : { servername: host }),
  };
  return await new Promise((resolve, reject) => {
    const sent = (protocol === 'https' ? httpsRequest : httpRequest)(options, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => (body += piece));
      response.on('error', reject);
      response.on('end', () => {
        const backend = response.headers['x-backend'];
        const { serialNumber } = certificateOf(response.socket);
        resolve({
          status: response.statusCode ?? 0,
          headers: Object.fromEntries(
            Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
          ),
          body,
          ...(typeof backend === 'string' ? { backend } : {}),
          ...(serialNumber === undefined ? {} : { serialNumber }),
        });
      });
    });
    sent.on('error', reject);
    sent.end(method === 'POST' || method === 'PUT' ? 'body' : undefined);
  });
}

function certificateOf(socket: object): { readonly serialNumber?: string } {
  if (!('getPeerCertificate' in socket) || typeof socket.getPeerCertificate !== 'function') return {};
  return socket.getPeerCertificate() as { serialNumber?: string };
}
