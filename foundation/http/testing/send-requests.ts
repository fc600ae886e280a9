import { Pool } from 'undici';

/** What a parent process orders by message. */
export interface Load {
  readonly baseUrl: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  readonly requestCount: number;
  readonly connectionCount: number;
}

/** Sends so many requests over so many connections, each as soon as the one before is answered; then says how long it took. */
async function sendRequests(load: Load): Promise<number> {
  const { baseUrl, path, headers, status, requestCount, connectionCount } = load;
  const pool = new Pool(baseUrl, { connections: connectionCount, pipelining: 1 });
  let left = requestCount;
  const before = performance.now();
  const sendAll = async () => {
    while (left > 0) {
      left -= 1;
      const answer = await pool.request({ path, method: 'GET', headers });
      if (answer.statusCode !== status) throw new Error(`${path} answered ${answer.statusCode}`);
      await answer.body.dump({ limit: Infinity });
    }
  };
  await Promise.all(Array.from({ length: connectionCount }, sendAll));
  const tookMs = performance.now() - before;
  await pool.close();
  return tookMs;
}

process.on('message', (load: Load) => {
  void sendRequests(load).then((tookMs) => process.send?.(tookMs));
});
