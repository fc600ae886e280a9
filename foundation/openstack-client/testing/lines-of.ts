import { createInterface } from 'node:readline';
import type { Entered } from './enter-root.ts';

export interface Lines {
  /** Resolves at the next line that is this; rejects with what was said last where it ends, or after ten minutes. */
  readonly until: (line: string) => Promise<void>;
}

const deadlineMs = 600_000;

/** What a process says. It is read all the time, so that the process never blocks. */
export function linesOf(subprocess: Entered): Lines {
  const seen: string[] = [];
  const waiting = new Set<{ line: string; resolve: () => void; reject: (error: Error) => void }>();
  createInterface({ input: subprocess.all }).on('line', (line) => {
    seen.push(line);
    for (const each of waiting) if (each.line === line) each.resolve();
  });
  const failed = () => new Error(seen.slice(-20).join('\n'));
  const end = () => {
    for (const { reject } of waiting) reject(failed());
  };
  void subprocess.then(end);
  return {
    until: (line) => {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const one = { line, resolve, reject };
      waiting.add(one);
      const timeout = setTimeout(() => reject(failed()), deadlineMs);
      return promise.finally(() => {
        clearTimeout(timeout);
        waiting.delete(one);
      });
    },
  };
}
