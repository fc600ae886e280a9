import type { Process } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { GroupChange } from './change-group.ts';
import type { Group } from './fleet.ts';
import type { NativeEngine } from './native-groups.ts';
import { processes } from './processes.ts';

/** What an operator changes of a group that a VM manager keeps. What its engine does not know of: `unsupported`. */
export async function changeNative(
  engine: NativeEngine,
  { group: { spec }, change }: { readonly group: Group; readonly change: GroupChange },
  signal: AbortSignal,
): Promise<void> {
  const { driver, name } = engine;
  switch (change.kind) {
    case 'scale': {
      return driver.setDesired(name, desiredOf(spec.id, change), signal);
    }
    case 'suspend':
    case 'resume': {
      return suspend(engine, change, signal);
    }
    case 'protect': {
      return protect(engine, change, signal);
    }
    case 'roll': {
      if (change.act !== 'start') throw unknown(spec.id, `a rolling update that is to ${change.act}`);
      return driver.rollGroup(name, spec.roll, signal);
    }
    case 'thaw':
    case 'standby': {
      throw unknown(spec.id, change.kind === 'thaw' ? 'a freeze' : 'standby');
    }
  }
}

type Scaling = Extract<GroupChange, { kind: 'scale' }>;

/** Its bounds are the document's: a plan would set others back. */
function desiredOf(serviceId: string, { desired, min, max, resetsBounds, isForced }: Scaling): number {
  const isBounded = min !== undefined || max !== undefined || resetsBounds === true || isForced === true;
  if (isBounded || desired === undefined) {
    const message = `'${serviceId}' is kept by its VM manager's own engine, and its bounds are the document's: change replicas.min and replicas.max there and deploy it.`;
    throw new PlatformError('unsupported', message, { subject: serviceId });
  }
  return desired;
}

async function protect(
  { driver, name: group }: NativeEngine,
  { vms, isProtected }: Extract<GroupChange, { kind: 'protect' }>,
  signal: AbortSignal,
): Promise<void> {
  for (const instance of vms) await driver.setProtected({ group, instance }, isProtected, signal);
}

async function suspend(
  { driver, name }: NativeEngine,
  { kind, processes: named = [] }: Extract<GroupChange, { kind: 'suspend' | 'resume' }>,
  signal: AbortSignal,
): Promise<void> {
  const group = await driver.describeGroup(name, signal);
  const standing = new Set<Process>(group?.suspended);
  for (const process of named.length === 0 ? processes : named) {
    if (kind === 'suspend') standing.add(process);
    else standing.delete(process);
  }
  await driver.setSuspended(name, [...standing], signal);
}

function unknown(serviceId: string, what: string): PlatformError {
  const message = `'${serviceId}' is kept by its VM manager's own engine, which does not know of ${what}.`;
  return new PlatformError('unsupported', message, { subject: serviceId });
}
