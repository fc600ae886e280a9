import { PlatformError } from '@trencadis/errors';
import { decideChanges } from './decide-changes.ts';
import type {
  DesiredGroup,
  DesiredInfrastructure,
  DesiredVm,
  ObservedInfrastructure,
  QuotaFit,
  Usage,
} from './model.ts';
import type { VmmForDeployment } from './offers.ts';

/** What an account may use in all its infrastructures; a unit without a limit is absent. */
export type AccountQuota = Partial<Usage>;

const units = ['vms', 'cpuCount', 'memoryMiB'] as const;
const words = { vms: 'VMs', cpuCount: 'CPUs', memoryMiB: 'MiB of memory' } as const;

/** Of all that is asked for: of replicas that a VM manager's own engine keeps, all that it may make. */
export function usageOfAll({ vms, groups }: Pick<DesiredInfrastructure, 'vms' | 'groups'>): Usage {
  const { vms: count, cpuCount, memoryMiB } = usageOf(vms);
  return {
    vms: groups.reduce((sum, group) => sum + mostOf(group), count),
    cpuCount: groups.reduce((sum, group) => sum + mostOf(group) * group.size.cpuCount, cpuCount),
    memoryMiB: groups.reduce((sum, group) => sum + mostOf(group) * group.size.memoryMiB, memoryMiB),
  };
}

function mostOf({ max, schedules }: DesiredGroup): number {
  return Math.max(max, ...schedules.map((each) => each.max ?? 0));
}

export function usageOf(vms: readonly DesiredVm[]): Usage {
  const on = vms.filter(({ isStopped }) => !isStopped);
  return {
    vms: on.length,
    cpuCount: on.reduce((sum, { spec }) => sum + spec.cpuCount, 0),
    memoryMiB: on.reduce((sum, { spec }) => sum + spec.memoryMiB, 0),
  };
}

/** More than the account may have: `quota-exceeded`, with what is left. */
export function refuseOverQuota(quota: AccountQuota, elsewhere: Usage, asked: Partial<Usage>): void {
  for (const unit of units) {
    const limit = quota[unit];
    const wanted = asked[unit];
    if (limit === undefined || wanted === undefined || elsewhere[unit] + wanted <= limit) continue;
    const left = Math.max(0, limit - elsewhere[unit]);
    const message = `${wanted} ${words[unit]} are asked for; your quota of ${limit} has ${left} left. Ask for less, destroy something, or have an administrator raise it.`;
    throw new PlatformError('quota-exceeded', message, { subject: unit });
  }
}

/** How the VMs that a plan makes fit what each VM manager grants. */
export function quotaFits({
  desired,
  observed,
  vmms,
}: {
  readonly desired: DesiredInfrastructure;
  readonly observed: ObservedInfrastructure;
  readonly vmms: readonly Pick<VmmForDeployment, 'vmm' | 'quota'>[];
}): readonly QuotaFit[] {
  const used = new Set(desired.placements.map(({ vmm }) => vmm));
  const limited = vmms.filter(({ vmm, quota }) => used.has(vmm) && units.some((unit) => quota[unit]));
  if (limited.length === 0) return [];
  const made = decideChanges(desired, observed).filter(({ change }) => change === 'create');
  return limited.flatMap(({ vmm: key, quota }) => {
    const asked = usageOf(made.flatMap(({ vm }) => (vm.vmm === key ? [vm] : [])));
    return units.flatMap((what): QuotaFit[] => {
      const limits = quota[what];
      if (limits === undefined || limits.limit < 0 || asked[what] === 0) return [];
      return [{ whose: key, what, used: limits.used, asked: asked[what], limit: limits.limit }];
    });
  });
}
