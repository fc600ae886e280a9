import type { Instance } from '@aws-sdk/client-ec2';
import { type Account, onceVisible, removed } from './account.ts';
import { findNetworks, networkOfGroup } from './own-networks.ts';
import { byTag, factsOf, tagKey, tagged } from './tags.ts';

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
  await onceVisible(account, () =>
    ec2.associateAddress({ AllocationId, NetworkInterfaceId: target, AllowReassociation: false }, on),
  );
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

async function addressesOf({ ec2, on }: Account, vm: string) {
  const { Addresses = [] } = await ec2.describeAddresses({ Filters: [byTag(tagKey.name, vm)] }, on);
  return Addresses;
}

async function allocate({ ec2, on }: Account, instance: Instance): Promise<string> {
  const name = nameAt(instance);
  const facts = {
    [tagKey.shown]: name,
    [tagKey.tag]: factsOf(instance)[tagKey.tag],
    [tagKey.name]: name,
  };
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
