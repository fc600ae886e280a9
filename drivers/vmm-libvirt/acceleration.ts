import { type Clock, pollUntil } from '@trencadis/clock';
import { newUuid } from '@trencadis/ids';
import { complaintOf } from './errors.ts';
import { probeKernel } from './probe-kernel.ts';
import type { Acceleration } from './site.ts';
import type { StoragePool } from './storage-pool.ts';
import type { Virsh } from './virsh.ts';
import { element } from './xml.ts';

/** Where KVM works the probe is gone within a second. */
const probeDeadlineMs = 5000;

interface Host {
  readonly virsh: Virsh;
  readonly pool: StoragePool;
  readonly clock: Clock;
}

/**
 * Boots a tiny kernel under KVM: there are hosts where `/dev/kvm` opens, QEMU starts, and no guest ever gets beyond its
 * first instructions. Leaves nothing.
 */
export async function probeAcceleration(host: Host, signal: AbortSignal): Promise<Acceleration> {
  const { virsh, pool } = host;
  const name = `trencadis-probe-${newUuid().slice(0, 8)}`;
  const kernel = {
    name: `trencadis.probe.${name}`,
    capacityBytes: probeKernel.length,
    format: 'raw',
  } as const;
  try {
    await pool.create(kernel, signal);
    await virsh.withFile(probeKernel, (file) => pool.upload(kernel.name, file, signal));
    const document = probeXml(name, await pool.path(kernel.name, signal));
    return await virsh.withFile(document, (file) => boot(host, { name, file }, signal));
  } finally {
    // Also when the signal has aborted: nothing may stay behind.
    const cleaning = new AbortController().signal;
    await virsh.each([['destroy', name]], { signal: cleaning });
    await pool.delete([kernel.name], cleaning);
  }
}

async function boot(
  { virsh, clock }: Host,
  { name, file }: { readonly name: string; readonly file: string },
  signal: AbortSignal,
): Promise<Acceleration> {
  try {
    await virsh.run(['create', file], { signal });
  } catch (error) {
    if (/kvm|domain type|emulator/i.test(complaintOf(error))) return 'tcg';
    throw error;
  }
  const isGone = async () => {
    const [state = ''] = await virsh.each([['domstate', name]], { signal, isInterruptible: true });
    return state === '' ? true : undefined;
  };
  const gone = await pollUntil(isGone, { clock, everyMs: 100, deadlineMs: probeDeadlineMs, signal });
  return gone === true ? 'kvm' : 'tcg';
}

/** It is destroyed when it reboots, so that it is gone when it was able to. */
function probeXml(name: string, kernel: string): string {
  const type = element('type', { arch: 'x86_64', machine: 'pc' }, 'hvm');
  return element('domain', { type: 'kvm' }, [
    element('name', {}, name),
    element('memory', { unit: 'MiB' }, '64'),
    element('vcpu', {}, '1'),
    element('os', {}, [type, element('kernel', {}, kernel)]),
    element('features', {}, element('acpi')),
    ...['on_reboot', 'on_poweroff', 'on_crash'].map((event) => element(event, {}, 'destroy')),
    element('devices', {}, element('memballoon', { model: 'none' })),
  ]);
}
