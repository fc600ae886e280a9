import { systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';
import type { ServiceControlClient, ServiceStatusView } from '@trencadis/service-controller/client';
import type { ServiceParams } from './find-service.ts';
import { printServiceEvent } from './print-deployed-service.ts';

export interface AwaitOptions {
  readonly json: boolean;
  readonly timeoutMs: number;
}

const lookEveryMs = 1_000;
/** What an operator asked for is seen by the next look of the controller: before, nothing says that it is not done. */
const settledForMs = 3_000;

/** Shows what happens until the service is as it shall be; later than the timeout: `unavailable`. */
export async function awaitService(
  client: ServiceControlClient,
  params: ServiceParams,
  { json, timeoutMs }: AwaitOptions,
): Promise<ServiceStatusView> {
  const end = systemClock.now().getTime() + timeoutMs;
  let after = await newestEvent(client, params);
  let settledSince = Infinity;
  for (;;) {
    for await (const event of client.followServiceEvents({ params, query: { after: String(after) } })) {
      process.stdout.write(json ? `${JSON.stringify(event)}\n` : printServiceEvent(event));
      after = event.sequence;
    }
    const status = await client.serviceStatus({ params });
    const now = systemClock.now().getTime();
    settledSince = isSettled(status) ? Math.min(settledSince, now) : Infinity;
    if (now - settledSince >= settledForMs) return status;
    if (now >= end) {
      const message = `'${params.service}' is not as it shall be after ${timeoutMs / 1000} s: ${status.because ?? 'something still goes on'}.`;
      throw new PlatformError('unavailable', message, { subject: params.service });
    }
    await systemClock.sleep(lookEveryMs);
  }
}

async function newestEvent(client: ServiceControlClient, params: ServiceParams): Promise<number> {
  let newest = 0;
  for await (const { sequence } of client.followServiceEvents({ params, query: { last: '1' } }))
    newest = sequence;
  return newest;
}

function isSettled({ condition, pending, roll, replicas, desired, inService }: ServiceStatusView): boolean {
  if (condition !== 'ok' || pending !== undefined || inService !== desired) return false;
  const isRolling = roll !== undefined && !roll.isPaused && roll.failed === undefined;
  return !isRolling && !replicas.some(({ isOutdated }) => isOutdated && roll?.isPaused !== true);
}
