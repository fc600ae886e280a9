/** Runs a query, and again when the server was away. */
export type ThroughOutage = <Result>(query: () => Promise<Result>) => Promise<Result>;

/** A server that is away or restarting: refused and cut connections, SQLSTATE classes 08 and 57P. */
export function isOutage(error: unknown): boolean {
  const { code = '', message = '' } = error as { code?: string; message?: string };
  return (
    /^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|08...|57P..)$/.test(code) ||
    /Connection terminated|timeout exceeded when trying to connect/.test(message)
  );
}

/** The server itself says that it takes nobody: it is down, or starts, or stops. */
export function isServerDown(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return /^(ECONNREFUSED|57P0[123])$/.test(code);
}
