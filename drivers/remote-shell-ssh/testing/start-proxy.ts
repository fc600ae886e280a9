import { once } from 'node:events';
import { type Socket, connect, createServer } from 'node:net';

export interface Proxy {
  readonly port: number;
  /** Number of connections that pass through it now. */
  readonly open: number;
  /** Number of those that ever passed. */
  readonly total: number;
  /** From now on nothing passes, and nobody is told. */
  silence(): void;
  /** Ends every connection without a goodbye. */
  cut(): void;
  stop(): Promise<void>;
}

/** A link on loopback that can go bad in the ways of a real one. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let total = 0;
  const server = createServer((near) => {
    total += 1;
    const far = connect(targetPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    get total() {
      return total;
    },
    get open() {
      return sockets.size / 2;
    },
    silence: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    cut,
    stop: async () => {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
