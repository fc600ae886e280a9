import type { Instance } from '@aws-sdk/client-ec2';
import { conflict, notFound, unsupported, until } from '@trencadis/aws-client';
import type { VmName } from '@trencadis/ids';
import type { Account } from './account.ts';
import { getInstance } from './create-instance.ts';
import { instanceNamed, isDying } from './instances.ts';

/** A guest has this long to shut down before Amazon pulls its plug, which it does by itself after some minutes. */
const poweredWithinMs = 600_000;

type Settled = 'running' | 'stopped';

export async function startInstance(account: Account, name: VmName): Promise<Instance> {
  const instance = await settled(account, name);
  if (instance.State?.Name === 'running') return instance;
  await account.ec2.startInstances({ InstanceIds: [instance.InstanceId ?? ''] }, account.on);
  return untilState(account, name, 'running');
}

/** A one-time spot VM cannot be stopped, only taken away: `unsupported`. */
export async function stopInstance(account: Account, name: VmName): Promise<Instance> {
  const instance = await settled(account, name);
  if (instance.State?.Name === 'stopped') return instance;
  refuseSpot(instance, name);
  await account.ec2.stopInstances({ InstanceIds: [instance.InstanceId ?? ''] }, account.on);
  return untilState(account, name, 'stopped');
}

export async function rebootInstance(account: Account, name: VmName): Promise<void> {
  const instance = await settled(account, name);
  const InstanceIds = [instance.InstanceId ?? ''];
  if (instance.State?.Name === 'running') await account.ec2.rebootInstances({ InstanceIds }, account.on);
  else await startInstance(account, name);
}

/** Not while it is on its way between two states, where Amazon takes no order. */
export async function settled(account: Account, name: VmName): Promise<Instance> {
  const instance = await getInstance(account, name);
  if (isDying(instance)) throw dying(name);
  return untilState(account, name, 'running', 'stopped');
}

function dying(name: VmName) {
  return conflict(`The VM ${name} is being terminated: delete it, or wait until it is gone.`, name);
}

export function refuseSpot({ InstanceLifecycle }: Instance, name: VmName): void {
  if (InstanceLifecycle !== 'spot') return;
  throw unsupported(
    `The VM ${name} runs on spare capacity: Amazon EC2 neither stops it nor changes what needs it stopped. Replace it.`,
    name,
  );
}

async function untilState(account: Account, name: VmName, ...states: readonly Settled[]): Promise<Instance> {
  const what = `the VM ${name} is ${states.join(' or ')}`;
  return until(account, { what, subject: name, deadlineMs: poweredWithinMs }, async () => {
    const instance = await instanceNamed(account, name);
    if (instance === undefined) throw notFound('VM', name);
    if (isDying(instance)) throw dying(name);
    return states.some((state) => state === instance.State?.Name) ? instance : undefined;
  });
}
