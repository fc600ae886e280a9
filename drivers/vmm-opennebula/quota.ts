import type { QuotaUse, VmmQuota } from '@trencadis/vmm';
import { diskDatastore } from './datastores.ts';
import type { Site } from './site.ts';
import { childOf, childrenOf, idOf, numberOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

const oneself = -1;
const byDefault = -1;
const unlimited = -2;
/** `oneadmin`, the user and the group: OpenNebula holds neither to quotas. */
const oneadmin = 0;

/** What holds a user or a group: its own quotas, and those of all that have none. */
interface Quotas {
  readonly own: XmlElement;
  readonly defaults: XmlElement | undefined;
}

/** Of the user's quotas and its group's, for each unit the one that leaves less. */
export async function openNebulaQuota(site: Site, signal: AbortSignal): Promise<VmmQuota> {
  const { oned, account } = site;
  const [user, group] = await Promise.all([
    oned.document('one.user.info', [oneself], signal),
    oned.document('one.group.info', [oneself], signal),
  ]);
  const holders = [
    ...(idOf(user) === oneadmin ? [] : [{ own: user, defaults: childOf(user, 'DEFAULT_USER_QUOTAS') }]),
    ...(idOf(group) === oneadmin ? [] : [{ own: group, defaults: childOf(group, 'DEFAULT_GROUP_QUOTAS') }]),
  ];
  const vm = (metric: string, unit = 1) =>
    tightest(
      holders.flatMap((each) => useOf({ ...each, limitsIn: vmLimits }, metric) ?? []),
      unit,
    );
  return present({
    vms: vm('VMS'),
    cpuCount: vm('CPU', account.cpuShare),
    memoryMiB: vm('MEMORY'),
    diskGiB: await diskUse(site, holders, signal),
  });
}

const vmLimits = (quotas: XmlElement | undefined) => childOf(childOf(quotas, 'VM_QUOTA'), 'VM');

/** Quotas of disks are of one datastore: of the one that the driver would use. */
async function diskUse(
  site: Site,
  holders: readonly Quotas[],
  signal: AbortSignal,
): Promise<QuotaUse | undefined> {
  const isLimited = holders.some(({ own, defaults }) =>
    [own, defaults].some((quotas) => childrenOf(childOf(quotas, 'DATASTORE_QUOTA'), 'DATASTORE').length > 0),
  );
  if (!isLimited) return undefined;
  const { id } = await diskDatastore(site, signal);
  const limitsIn = (quotas: XmlElement | undefined) =>
    childrenOf(childOf(quotas, 'DATASTORE_QUOTA'), 'DATASTORE').find((each) => idOf(each) === id);
  return tightest(
    holders.flatMap((each) => useOf({ ...each, limitsIn }, 'SIZE') ?? []),
    1024,
  );
}

interface Limits extends Quotas {
  readonly limitsIn: (quotas: XmlElement | undefined) => XmlElement | undefined;
}

function useOf({ own, defaults, limitsIn }: Limits, metric: string): QuotaUse | undefined {
  const told = numberOf(limitsIn(own), metric) ?? byDefault;
  const limit = told === byDefault ? (numberOf(limitsIn(defaults), metric) ?? unlimited) : told;
  if (limit < 0) return undefined;
  return { used: numberOf(limitsIn(own), `${metric}_USED`) ?? 0, limit };
}

/** In units of `unit` of theirs. */
function tightest(uses: readonly QuotaUse[], unit: number): QuotaUse | undefined {
  const [first] = uses.toSorted((one, other) => one.limit - one.used - (other.limit - other.used));
  return first === undefined ? undefined : { used: first.used / unit, limit: first.limit / unit };
}

function present(quota: { readonly [Unit in keyof VmmQuota]: VmmQuota[Unit] | undefined }): VmmQuota {
  return Object.fromEntries(Object.entries(quota).filter(([, use]) => use !== undefined));
}
