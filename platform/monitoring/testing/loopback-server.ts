import { type RequestListener, type Server, createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { CertificatePems } from '@trencadis/certificates';

export interface LoopbackServer {
  readonly port: number;
  /** How many connections there have been. */
  connections(): number;
  close(): Promise<void>;
}

/** On 127.0.0.1; over TLS with a certificate. */
export async function startLoopbackServer(
  answer: RequestListener,
  certificate?: CertificatePems,
  port = 0,
): Promise<LoopbackServer> {
  const server: Server = certificate
    ? createTlsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, answer)
    : createServer(answer);
  let count = 0;
  server.on('connection', () => count++);
  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => count,
    close: async () => {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
