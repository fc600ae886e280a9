import type { Instance } from '@aws-sdk/client-ec2';
import { factsOf, heldByOther, notFound, until } from '@trencadis/aws-client';
import type { VmSpec } from '@trencadis/vmm';
import type { Account } from './account.ts';
import { attachClaimed } from './attachments.ts';
import { checkVmSpec } from './check-vm-spec.ts';
import { ensureElasticAddress } from './elastic-addresses.ts';
import { resolveImage } from './images.ts';
import { claimsOf, instanceNamed, isDying } from './instances.ts';
import { launchInstance, startedInstance } from './launch.ts';
import { placeVm } from './placement.ts';
import { tagKey } from './tags.ts';

const goneWithinMs = 600_000;

/**
 * The instance of that name, made unless it is there. All that Amazon does not do in the one call that launches it
 * (disks, elastic address) is done afterwards, and again where an earlier creation was cut off before it.
 */
export async function createInstance(account: Account, spec: VmSpec): Promise<Instance> {
  const existing = await instanceNamed(account, spec.name);
  const tag = factsOf(existing)[tagKey.tag];
  if (existing !== undefined && tag !== spec.tag) throw heldByOther('VM', spec.name, tag);
  if (existing === undefined || isDying(existing)) {
    const instanceType = await checkVmSpec(account, spec);
    const image = await resolveImage(account, spec.image);
    const placement = await placeVm(account, spec);
    if (existing !== undefined) await untilGone(account, spec.name);
    await launchInstance(account, { spec, image, instanceType, placement });
  }
  return finished(account, spec, await startedInstance(account, spec));
}

export async function untilGone(account: Account, name: VmSpec['name']): Promise<void> {
  const awaited = { what: `the VM ${name} is terminated`, subject: name, deadlineMs: goneWithinMs };
  await until(account, awaited, async () =>
    (await instanceNamed(account, name)) === undefined ? true : undefined,
  );
}

async function finished(account: Account, { name }: VmSpec, instance: Instance): Promise<Instance> {
  await attachClaimed(account, instance);
  const hasNewAddress = await ensureElasticAddress(account, instance);
  if (claimsOf(instance).length === 0 && !hasNewAddress) return instance;
  return getInstance(account, name);
}

/** Not there: `not-found`. */
export async function getInstance(account: Account, name: VmSpec['name']): Promise<Instance> {
  const instance = await instanceNamed(account, name);
  if (instance === undefined) throw notFound('VM', name);
  return instance;
}
