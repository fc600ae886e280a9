import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredInfrastructure } from '../model.ts';
import { type ConfigureVmArgs, configureVmArgs } from '../step-arguments.ts';

interface Leaving {
  readonly names: ReadonlySet<VmName>;
  /** Ids of the steps that end them. */
  readonly deletions: readonly string[];
  /** Whether replicas come before they go. */
  readonly isLaunchFirst: boolean;
}

/**
 * The steps that configure VMs which replicas build on, such as the holder of their database: whoever leaves is let in
 * until it has drained, so they forget it only once it is gone. Where others come before that, they learn of these
 * first, and are configured again at the end.
 */
export function configureFollowers(
  desired: DesiredInfrastructure,
  configures: readonly PlannedStep[],
  { names, deletions, isLaunchFirst }: Leaving,
): readonly PlannedStep[] {
  if (names.size === 0) return configures;
  const replicas = new Set(desired.services.flatMap(({ replicas: all }) => all));
  const again: PlannedStep[] = [];
  const first = configures.map((step) => {
    if (step.kind !== 'configure-vm@2') return step;
    const args = configureVmArgs.parse(step.args);
    if (replicas.has(args.name) || !servesReplicas(desired, args)) return step;
    if (!isLaunchFirst) return { ...step, after: [...step.after, ...deletions] };
    const earlier = again.filter(({ id }) => id.startsWith(`configure-vm:${args.name}:`));
    again.push({
      ...step,
      id: `${step.id}:again`,
      title: `${step.title}, once more without what has left`,
      after: [step.id, ...earlier.map(({ id }) => id), ...deletions],
    });
    return { ...step, args: withLeaving(args, names) };
  });
  return [...first, ...again];
}

function servesReplicas({ services }: DesiredInfrastructure, { peers, databases, name }: ConfigureVmArgs) {
  if (peers === 'all' || databases.some(({ heldBy, usedBy }) => heldBy === name && usedBy.length === 0))
    return true;
  return services.some(({ replicas }) => replicas.some((replica) => peers.includes(replica)));
}

function withLeaving(args: ConfigureVmArgs, names: ReadonlySet<VmName>): ConfigureVmArgs {
  const databases = args.databases.map((each) =>
    each.heldBy === args.name ? { ...each, usedBy: [...each.usedBy, ...names] } : each,
  );
  return { ...args, databases };
}
