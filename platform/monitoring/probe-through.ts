import type { HealthSpec } from '@trencadis/availability';
import type { RemoteShell } from '@trencadis/contextualization';
import { fetchThrough } from './fetch-through.ts';
import { hostAndPort } from './host-and-port.ts';
import type { ProbeResult, ProbeTarget } from './model.ts';
import { probeHeaders, resultOf, unprobeable, wrongStatus } from './probe.ts';

/** As {@link probe}, from the shell's machine. Throws `unavailable` where that is not reached: no verdict on the target. */
export async function probeThrough(
  shell: RemoteShell,
  { target, health }: { readonly target: ProbeTarget; readonly health: HealthSpec },
  signal: AbortSignal,
): Promise<ProbeResult> {
  const hindrance = unprobeable(target, health);
  const { protocol } = health;
  if (hindrance !== undefined || protocol === 'none') return resultOf(hindrance, 0);
  const { method, path, port, timeoutMs, host = hostAndPort(target.address, port) } = health;
  const answer = await fetchThrough(
    shell,
    {
      protocol,
      address: target.address,
      port,
      method,
      path,
      timeoutMs,
      serverName: target.vm,
      headers: { ...probeHeaders, host },
      ...(target.authorityPem !== undefined && { authorityPem: target.authorityPem }),
    },
    signal,
  );
  if ('error' in answer) return resultOf(answer.error, answer.tookMs);
  return resultOf(protocol === 'tcp' ? undefined : wrongStatus(answer.status, health.status), answer.tookMs);
}
