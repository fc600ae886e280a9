import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { Load } from './send-requests.ts';

/** A process that sends requests, so that the server's own costs nothing but the server. */
export interface LoadSender {
  /** The milliseconds that it took; throws when an answer was not the expected one. */
  send(load: Load): Promise<number>;
  stop(): void;
}

export function startLoadSender(): LoadSender {
  const sender = fork(new URL('send-requests.ts', import.meta.url));
  const died = once(sender, 'exit').then(([code]) => {
    throw new Error(`The sender of requests ended with ${String(code)}.`);
  });
  // Told to whoever waits for an answer.
  died.catch(() => undefined);
  return {
    async send(load) {
      sender.send(load);
      const [tookMs] = await Promise.race([once(sender, 'message'), died]);
      return Number(tookMs);
    },
    stop: () => void sender.kill(),
  };
}
