import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What lives on this process's heap, in MB (10^6 bytes), garbage not counted. */
export function heapMB(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}
