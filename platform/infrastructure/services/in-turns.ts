import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import type { DesiredInfrastructure } from '../model.ts';

interface TurnPlanning {
  /** What is done to the VMs of one turn. */
  readonly planTurn: (names: readonly VmName[]) => readonly PlannedStep[];
  /** Puts what all turns need between them. */
  readonly planWhole: (steps: readonly PlannedStep[]) => readonly PlannedStep[];
}

/**
 * Plans so that of the VMs that stand in for each other (replicas of a service, hosts of a balancer) the next is only
 * touched once all is done with the one before. Pure.
 */
export function inTurns(
  desired: DesiredInfrastructure,
  names: readonly VmName[],
  { planTurn, planWhole }: TurnPlanning,
): PlannedStep[] {
  const turns = turnsOf(desired, names)
    .map((each) => ({ names: each, steps: planTurn(each) }))
    // Nothing waits for one in which nothing is done.
    .filter(({ steps }) => steps.length > 0)
    .map((each, turn) => ({ ...each, steps: withOwnBarriers(each.steps, turn) }));
  const turnOf = new Map<string, number>();
  for (const [turn, each] of turns.entries())
    for (const key of [...each.names, ...each.steps.map(({ id }) => id)]) turnOf.set(key, turn);
  return oneByOne(planWhole(turns.flatMap(({ steps }) => steps)), turnOf);
}

/** Hosts come before replicas, which leave and join at them. What nothing stands in for is in the first. */
function turnsOf({ services, balancers }: DesiredInfrastructure, names: readonly VmName[]): VmName[][] {
  const among = (group: readonly VmName[]) => names.filter((name) => group.includes(name));
  const hosts = balancers.map((balancer) => among(balancer.hosts));
  const replicas = services.map((service) => among(service.replicas));
  const hostTurns = Math.max(0, ...hosts.map(({ length }) => length));
  const turnOf = (name: VmName) => {
    const inService = replicas.find((each) => each.includes(name));
    if (inService !== undefined) return hostTurns + inService.indexOf(name);
    return Math.max(0, ...hosts.map((each) => each.indexOf(name)));
  };
  const byTurn = Map.groupBy(names, turnOf);
  return [...byTurn.keys()].toSorted((one, other) => one - other).map((turn) => byTurn.get(turn) ?? []);
}

/** Steps with the same id would be one; those of VMs have the VM in it. */
function withOwnBarriers(steps: readonly PlannedStep[], turn: number): readonly PlannedStep[] {
  if (turn === 0) return steps;
  const renamed = new Map(
    steps.flatMap(({ id, kind }) => (kind === 'barrier@1' ? [[id, `${id}:turn-${turn + 1}`]] : [])),
  );
  const nameOf = (id: string) => renamed.get(id) ?? id;
  return steps.map((step) => ({ ...step, id: nameOf(step.id), after: step.after.map(nameOf) }));
}

/** `turnOf`: by the id of a step, or the name of the VM that it is about. */
function oneByOne(steps: readonly PlannedStep[], turnOf: ReadonlyMap<string, number>): PlannedStep[] {
  const turnOfStep = new Map(
    steps.map(({ id, args }) => [id, turnOf.get(id) ?? turnOf.get(nameIn(args))] as const),
  );
  const idsByTurn = Map.groupBy(turnOfStep.keys(), (id) => turnOfStep.get(id));
  return steps.map((step) => {
    const turn = turnOfStep.get(step.id) ?? 0;
    const isFirst = turn > 0 && !step.after.some((id) => turnOfStep.get(id) === turn);
    return isFirst ? { ...step, after: [...step.after, ...(idsByTurn.get(turn - 1) ?? [])] } : step;
  });
}

function nameIn(args: unknown): string {
  return typeof args === 'object' && args !== null && 'name' in args ? String(args.name) : '';
}
