import type { VmName } from '@trencadis/ids';
import type { Census } from '../census.ts';
import type { GroupFacts } from '../group-facts.ts';
import { type JudgedReplica, isLive, isServing } from '../judged-replica.ts';
import type { GroupState, ReplicaRecord, ReplicaView, ServiceSpec } from '../model.ts';
import { newGroupState } from '../new-group-state.ts';
import { simulatedSpec } from './simulated-spec.ts';

export const exampleNow = 1_800_000_000_000;

/** One that runs and is well. */
export function exampleView(name: string, changes: Partial<ReplicaView> = {}): ReplicaView {
  return {
    name: name as VmName,
    cloud: '',
    number: 0,
    vm: 'running',
    isConfigured: true,
    member: 'up',
    probe: { isPassed: true },
    isOutdated: false,
    holdsDisk: false,
    ...changes,
  };
}

export type ExampleReplica = Partial<Omit<JudgedReplica, 'view' | 'record'>> &
  Partial<Pick<ReplicaView, 'cloud' | 'isOutdated' | 'holdsDisk'>> &
  Partial<Pick<ReplicaRecord, 'isProtected' | 'since' | 'unhealthy'>>;

export function exampleReplica(name: string, example: ExampleReplica = {}): JudgedReplica {
  const { standing = 'in-service', answers = true, isUnfinished = false, ...rest } = example;
  const { cloud = '', isOutdated = false, holdsDisk = false, since = exampleNow - 1e6, ...flags } = rest;
  const record = { since, inServiceAt: since, failures: 0, passes: 2, ...flags };
  const view = exampleView(name, { cloud, isOutdated, holdsDisk });
  return { view, record, standing, answers, isUnfinished };
}

export interface ExampleFacts {
  readonly spec?: ServiceSpec;
  readonly state?: Partial<GroupState>;
  readonly answeredAt?: Readonly<Record<string, number>>;
}

export function exampleFacts(all: readonly JudgedReplica[], example: ExampleFacts = {}): GroupFacts {
  const { spec = simulatedSpec(), answeredAt = {} } = example;
  const state = { ...newGroupState(spec), desired: all.length, ...example.state };
  const count = (standing: string) => all.filter((one) => one.standing === standing).length;
  const census: Census = {
    all,
    live: all.filter(isLive).length,
    serving: all.filter(isServing).length,
    warming: count('warming'),
    pending: count('pending'),
    records: Object.fromEntries(all.map(({ view, record }) => [view.name, record])),
    events: [],
  };
  return { now: exampleNow, spec, state, bounds: spec.replicas, census, answeredAt };
}
