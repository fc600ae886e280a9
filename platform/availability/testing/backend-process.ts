import { type IncomingMessage, type RequestListener, type ServerResponse, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** What the parent tells it; each is answered with a {@link BackendReady}. */
export type BackendOrder =
  | {
      readonly kind: 'listen';
      readonly name: string;
      readonly address: string;
      /** 0: a free one. */
      readonly port: number;
      readonly certificate?: { readonly certificatePem: string; readonly privateKeyPem: string };
    }
  | { readonly kind: 'health'; readonly isHealthy: boolean }
  | { readonly kind: 'count' };

/** The port it listens at, or how many requests it has had. */
export interface BackendReady {
  readonly value: number;
}

type Listen = Extract<BackendOrder, { kind: 'listen' }>;

let isHealthy = true;
let count = 0;

function answer(name: string, request: IncomingMessage, response: ServerResponse): void {
  const url = new URL(request.url ?? '/', 'http://backend');
  if (url.pathname === '/health') {
    response.writeHead(isHealthy ? 200 : 503, { 'x-backend': name }).end();
    return;
  }
  count += 1;
  const status = Number(url.searchParams.get('status') ?? 200);
  const send = (): void => {
    response.writeHead(status, { 'x-backend': name, 'content-type': 'text/plain' });
    response.end(`${request.method} ${request.url} of ${request.headers.host} by ${name}\n`);
  };
  request.resume();
  setTimeout(send, Number(url.searchParams.get('delayMs') ?? 0));
}

function listen({ name, address, port, certificate }: Listen): void {
  const listener: RequestListener = (request, response) => answer(name, request, response);
  const server =
    certificate === undefined
      ? createServer(listener)
      : createTlsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, listener);
  server.listen({ host: address, port, backlog: 511 }, () => ready((server.address() as AddressInfo).port));
}

function ready(value: number): void {
  process.send?.({ value } satisfies BackendReady);
}

process.on('message', (order: BackendOrder) => {
  if (order.kind === 'listen') return listen(order);
  if (order.kind === 'health') isHealthy = order.isHealthy;
  return ready(count);
});
// The parent has gone: nobody would end it any more.
process.on('disconnect', () => process.exit(0));
