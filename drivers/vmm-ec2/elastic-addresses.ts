import type { Address, Instance } from '@aws-sdk/client-ec2';
import { byTag, factsOf } from '@trencadis/aws-client';
import type { Vm } from '@trencadis/vmm';
import { type Account, done, onceVisible, removed } from './account.ts';
import { findNetworks, networkOfGroup } from './own-networks.ts';
import { tagKey, tagged } from './tags.ts';
import { identityOf } from './vm-of-instance.ts';

/**
 * Gives a VM with several interfaces its public address, on the first public one; a VM with one interface has it from
 * its launch. An elastic address is the account's: it is released with the VM.
 */
export async function ensureElasticAddress(account: Account, instance: Instance): Promise<boolean> {
  const target = await publicInterface(account, instance);
  if (target === undefined) return false;
  const { ec2, on } = account;
  const [existing] = await addressesOf(account, nameAt(instance));
  if (existing?.NetworkInterfaceId === target) return false;
  const AllocationId = existing?.AllocationId ?? (await allocate(account, instance));
  const association = { AllocationId, NetworkInterfaceId: target, AllowReassociation: false };
  await done(() => onceVisible(account, () => ec2.associateAddress(association, on)));
  return true;
}

const nameAt = (instance: Instance) => factsOf(instance)[tagKey.name] ?? '';

async function publicInterface(
  account: Account,
  { NetworkInterfaces = [] }: Instance,
): Promise<string | undefined> {
  if (NetworkInterfaces.length < 2) return undefined;
  const ordered = NetworkInterfaces.toSorted(
    (one, other) => (one.Attachment?.DeviceIndex ?? 0) - (other.Attachment?.DeviceIndex ?? 0),
  );
  const named = ordered.flatMap(({ NetworkInterfaceId, Groups = [] }) => {
    const [network] = Groups.flatMap(({ GroupName }) => networkOfGroup(GroupName) ?? []);
    return network === undefined ? [] : [{ id: NetworkInterfaceId, network }];
  });
  if (named.length === 0) return undefined;
  const networks = await findNetworks(
    account,
    tagKey.name,
    named.map(({ network }) => network),
  );
  const open = new Set(networks.filter(({ kind }) => kind === 'public').map(({ name }) => name));
  return named.find(({ network }) => open.has(network))?.id;
}

function addressesOf(account: Account, vm: string) {
  return findAddresses(account, tagKey.name, vm);
}

async function findAddresses({ ec2, on }: Account, key: string, value: string): Promise<readonly Address[]> {
  const Filters = [byTag(key, value), { Name: 'tag-key', Values: [tagKey.name] }];
  const { Addresses = [] } = await ec2.describeAddresses({ Filters }, on);
  return Addresses;
}

/**
 * VMs of which only the address is left: the instance was terminated past the platform. They are told as failed, so that
 * somebody removes them: an address costs money.
 */
export async function remainsOf(
  account: Account,
  sought: { readonly key: string; readonly value: string },
  present: readonly Instance[],
): Promise<readonly Vm[]> {
  const names = new Set(present.map(nameAt));
  const addresses = await findAddresses(account, sought.key, sought.value);
  const orphans = addresses.filter((address) => !names.has(factsOf(address)[tagKey.name] ?? ''));
  return orphans.map((address) => ({
    ...identityOf(factsOf(address)),
    status: 'failed',
    failure: `Its instance is gone and its elastic address ${address.PublicIp ?? ''} is left: delete the VM.`,
    cpuCount: 0,
    memoryMiB: 0,
    addresses: [],
    disks: [],
  }));
}

async function allocate({ ec2, on }: Account, instance: Instance): Promise<string> {
  // All that a VM is told by, for when its instance is gone and the address is not.
  const kept = [tagKey.shown, tagKey.tag, tagKey.name, tagKey.image, tagKey.imageDigest, tagKey.hostKey];
  const facts = Object.fromEntries(kept.map((key) => [key, factsOf(instance)[key]]));
  const { AllocationId = '' } = await ec2.allocateAddress(
    { Domain: 'vpc', TagSpecifications: [tagged('elastic-ip', facts)] },
    on,
  );
  return AllocationId;
}

export async function releaseAddresses(account: Account, vm: string): Promise<void> {
  const { ec2, on } = account;
  for (const { AllocationId, AssociationId } of await addressesOf(account, vm)) {
    if (AssociationId !== undefined && AssociationId !== '') {
      await removed(() => ec2.disassociateAddress({ AssociationId }, on));
    }
    await removed(() => ec2.releaseAddress({ AllocationId }, on));
  }
}
