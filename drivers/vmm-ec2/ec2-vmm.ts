import { type AwsOptions, byTag } from '@trencadis/aws-client';
import type { Tag, VmName } from '@trencadis/ids';
import type { Vm, VmmCapabilities, VmmDriver } from '@trencadis/vmm';
import { type Account, type Change, type Site, changing, siteOf, withAccount } from './account.ts';
import { checkRights } from './check-rights.ts';
import { createInstance } from './create-instance.ts';
import type { Ec2Credentials } from './credentials.ts';
import { deleteInstance } from './delete-instance.ts';
import { ec2Disks } from './ec2-disks.ts';
import { ec2Images } from './ec2-images.ts';
import { ec2Networks } from './ec2-networks.ts';
import { remainsOf } from './elastic-addresses.ts';
import { listInstanceTypes } from './instance-types.ts';
import { findInstances, instanceNamed, isDead } from './instances.ts';
import { forgetRestart, updateInstance } from './update-instance.ts';
import { rebootInstance, startInstance, stopInstance } from './power.ts';
import { askQuota } from './quota.ts';
import { readConsole } from './read-console.ts';
import { tagKey } from './tags.ts';
import { toVm, toVms } from './vm-of-instance.ts';

export type Ec2VmmOptions = AwsOptions<Ec2Credentials>;

/**
 * VMs at Amazon EC2, in one region of one account. Everything that the driver knows lies there, in tags. Requests that
 * Amazon throttles or fails are tried some times within the call, as its SDK does it. https://docs.aws.amazon.com/ec2/
 */
export function createEc2Vmm(options: Ec2VmmOptions): VmmDriver {
  const site = siteOf(options);
  return {
    capabilities: capabilitiesFor(options.credentials.guests),
    ...machines(site),
    quota: (signal) => withAccount(site, signal, askQuota),
    listInstanceTypes: (signal) => withAccount(site, signal, listInstanceTypes),
    checkRights: (signal) => withAccount(site, signal, checkRights),
    networks: ec2Networks(site),
    disks: ec2Disks(site),
    images: ec2Images(site),
  };
}

function capabilitiesFor(guests: Ec2Credentials['guests']): VmmCapabilities {
  return {
    product: 'ec2',
    networks: true,
    disks: true,
    power: true,
    update: { size: 'restart', disks: 'restart' },
    images: true,
    userData: true,
    shell: guests === 'real',
    ports: 'filtered',
    portMapping: false,
    addressing: true,
    providerNetworks: true,
    instanceTypes: true,
    zones: true,
    spot: true,
    mountsDisks: false,
    imageListing: true,
  };
}

type Machines = Pick<
  VmmDriver,
  | 'createVm'
  | 'deleteVm'
  | 'describeVm'
  | 'listVms'
  | 'startVm'
  | 'stopVm'
  | 'rebootVm'
  | 'updateVm'
  | 'readConsole'
>;

function machines(site: Site): Machines {
  const read = <Result>(signal: AbortSignal, work: (account: Account) => Promise<Result>) =>
    withAccount(site, signal, work);
  const change = <Result>(name: VmName, signal: AbortSignal, work: Change<Result>['work']) =>
    changing(site, `vm ${name}`, { signal, work });
  return {
    createVm: (spec, signal) =>
      change(spec.name, signal, async (account) => toVm(account, await createInstance(account, spec))),
    deleteVm: (name, signal) => change(name, signal, (account) => deleteInstance(account, name)),
    describeVm: (name, signal) => read(signal, (account) => describe(account, name)),
    listVms: (tag, signal) => read(signal, (account) => list(account, tag)),
    startVm: (name, signal) =>
      change(name, signal, async (account) => void (await startInstance(account, name))),
    stopVm: (name, signal) =>
      change(name, signal, async (account) => forgetRestart(account, await stopInstance(account, name))),
    rebootVm: (name, signal) => change(name, signal, (account) => rebootInstance(account, name)),
    updateVm: (spec, signal) =>
      change(spec.name, signal, async (account) => toVm(account, await updateInstance(account, spec))),
    readConsole: (name, signal) => read(signal, (account) => readConsole(account, name)),
  };
}

async function describe(account: Account, name: VmName): Promise<Vm | undefined> {
  const instance = await instanceNamed(account, name);
  if (instance !== undefined) return toVm(account, instance);
  const [remains] = await remainsOf(account, { key: tagKey.name, value: name }, []);
  return remains;
}

/** Two or three calls, however many there are. */
async function list(account: Account, tag: Tag): Promise<readonly Vm[]> {
  const all = await findInstances(account, byTag(tagKey.tag, tag), {
    Name: 'tag-key',
    Values: [tagKey.name],
  });
  const present = all.filter((instance) => !isDead(instance));
  const remains = await remainsOf(account, { key: tagKey.tag, value: tag }, present);
  return [...(await toVms(account, present)), ...remains];
}
