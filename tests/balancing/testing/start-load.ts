import { type BalancerRequest, sendRequest } from '@trencadis/availability/conformance';
import { systemClock } from '@trencadis/clock';

export interface LoadResult {
  readonly sent: number;
  /** What went wrong, one line a request: no answer, or one of the balancer itself. */
  readonly failures: readonly string[];
  readonly slowestMs: number;
  /** Answers by the name of the backend. */
  readonly byBackend: Readonly<Record<string, number>>;
}

export interface Load {
  /** Sends nothing more, waits for what is under way, and tells. */
  stop(): Promise<LoadResult>;
}

/** Clients that each send one request after the other, every one on a connection of its own. */
export function startLoad(address: string, request: BalancerRequest, clientCount = 8): Load {
  const failures: string[] = [];
  const byBackend: Record<string, number> = {};
  const over = new AbortController();
  let sent = 0;
  let slowestMs = 0;
  const client = async (): Promise<void> => {
    while (!over.signal.aborted) {
      const start = performance.now();
      sent += 1;
      try {
        const { status, backend } = await sendRequest(address, { timeoutMs: 30_000, ...request });
        if (status === 200 && backend !== undefined) byBackend[backend] = (byBackend[backend] ?? 0) + 1;
        else failures.push(`${status} of ${backend ?? 'the balancer'}`);
      } catch (error) {
        failures.push(String(error));
      }
      slowestMs = Math.max(slowestMs, performance.now() - start);
      await systemClock.sleep(20);
    }
  };
  const clients = Array.from({ length: clientCount }, client);
  return {
    stop: async () => {
      over.abort();
      await Promise.all(clients);
      return { sent, failures, slowestMs: Math.round(slowestMs), byBackend };
    },
  };
}
