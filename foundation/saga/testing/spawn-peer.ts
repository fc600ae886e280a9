import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { PlanId } from '@trencadis/ids';

export interface PeerOptions {
  readonly url: string;
  readonly traceFile: string;
  readonly planIds: readonly PlanId[];
  readonly chainLength: number;
  readonly stepMs: number;
}

/** Resolves when the process has started its plans. Kill it in the end. */
export async function spawnPeer(options: PeerOptions): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'peer-process.ts')], {
    env: {
      DATABASE_URL: options.url,
      TRACE_FILE: options.traceFile,
      PLAN_IDS: options.planIds.join(','),
      CHAIN_LENGTH: String(options.chainLength),
      STEP_MS: String(options.stepMs),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  return child;
}
