import type { VmName } from '@trencadis/ids';
import { cloudsOf } from '../group-bounds.ts';
import type {
  GroupAction,
  GroupDecision,
  GroupSnapshot,
  GroupState,
  ReplicaRecord,
  ReplicaView,
  Sample,
  Samples,
} from '../model.ts';
import { newGroupState } from '../new-group-state.ts';
import { type HandWrittenTrace, type Measurement, nextName } from './hand-written-trace.ts';

/** Of which a replica has 100 at most, however much there is to share. */
const percentages = new Set(['cpu', 'memory', 'disk']);

interface SimulatedReplica {
  readonly name: VmName;
  readonly cloud: string;
  readonly number: number;
  readonly bootedAt: number;
}

interface Plan {
  readonly endsAt: number;
  readonly retire: readonly VmName[];
}

/**
 * The group of a hand-written trace: replicas that come into service a boot time after they are asked for, and pass every
 * check. One plan at a time, as in a real one; what retires leaves when its plan ends.
 */
export class SimulatedGroup {
  readonly #trace: HandWrittenTrace;
  #replicas: readonly SimulatedReplica[];
  #state: GroupState;
  #plan: Plan | undefined;
  #samples: Samples = { byReplica: {}, ofGroup: {} };
  #sampled: { readonly at: number; readonly line: number } | undefined;

  constructor(trace: HandWrittenTrace, startsAt: number) {
    this.#trace = trace;
    const clouds = cloudsOf(trace.spec);
    const isSpread = trace.spec.replicas.place === 'spread';
    this.#replicas = trace.replicas.map((name, index) => ({
      name,
      cloud: clouds[isSpread ? index % clouds.length : 0] ?? '',
      number: index + 1,
      bootedAt: -Infinity,
    }));
    const { warmupMs } = trace.spec.scaling;
    const since = startsAt - warmupMs - trace.spec.health.graceMs;
    const record: ReplicaRecord = { since, inServiceAt: since, failures: 0, passes: trace.spec.health.rise };
    this.#state = {
      ...newGroupState(trace.spec),
      desired: trace.replicas.length,
      replicas: Object.fromEntries(trace.replicas.map((name) => [name, record])),
    };
  }

  snapshot(now: number, measurement: Measurement): GroupSnapshot {
    const { spec } = this.#trace;
    const hasEnded = this.#endPlan(now);
    const isDue = now - (this.#sampled?.at ?? -Infinity) >= spec.scaling.periodMs;
    if (isDue || this.#sampled?.line !== measurement.line) {
      this.#samples = this.#measure(now, measurement);
      this.#sampled = { at: now, line: measurement.line };
    }
    return {
      now,
      spec,
      state: this.#state,
      replicas: this.#replicas.map((replica) => this.#view(replica, now)),
      isPlanRunning: this.#plan !== undefined,
      ...(hasEnded && { outcome: { isSuccess: true } }),
      answeredAt: Object.fromEntries(cloudsOf(spec).map((cloud) => [cloud, now])),
      samples: this.#samples,
    };
  }

  follow({ state, action }: GroupDecision, now: number): void {
    this.#state = state;
    if (action === undefined) return;
    const made = action.kind === 'change' ? this.#change(action, now) : 0;
    const retire = action.kind === 'change' ? action.retire : [];
    this.#plan = { endsAt: made > 0 ? now + this.#trace.bootMs : now, retire };
  }

  #endPlan(now: number): boolean {
    const plan = this.#plan;
    if (plan === undefined || plan.endsAt > now) return false;
    this.#replicas = this.#replicas.filter(({ name }) => !plan.retire.includes(name));
    this.#plan = undefined;
    return true;
  }

  /** How many are made. */
  #change({ counts, retire, recreate }: Extract<GroupAction, { kind: 'change' }>, now: number): number {
    const bootedAt = now + this.#trace.bootMs;
    const replicas = this.#replicas.map((each) =>
      recreate.includes(each.name) ? { ...each, bootedAt } : each,
    );
    let made = recreate.length;
    for (const [cloud, count] of Object.entries(counts)) {
      const staying = replicas.filter((each) => each.cloud === cloud && !retire.includes(each.name)).length;
      for (let place = staying; place < count; place++) {
        const name = nextName(replicas.map((each) => each.name));
        replicas.push({ name, cloud, number: replicas.length + 1, bootedAt });
        made += 1;
      }
    }
    this.#replicas = replicas;
    return made;
  }

  #view({ name, cloud, number, bootedAt }: SimulatedReplica, now: number): ReplicaView {
    const { balancing, health } = this.#trace.spec;
    const isUp = bootedAt <= now;
    return {
      name,
      cloud,
      number,
      vm: isUp ? 'running' : 'creating',
      isConfigured: isUp,
      ...(balancing !== undefined && { member: isUp ? 'up' : 'absent' }),
      ...(isUp && health.protocol !== 'none' && { probe: { isPassed: true } }),
      ...(isUp && { heartbeatAt: now }),
      isOutdated: false,
      holdsDisk: false,
    };
  }

  #measure(at: number, { metrics, total, group }: Measurement): Samples {
    const serving = this.#replicas.filter(({ bootedAt }) => bootedAt <= at).map(({ name }) => name);
    const byReplica: Record<string, Record<VmName, Sample>> = {};
    const add = (metric: string, valueOf: (name: VmName) => number | undefined) => {
      byReplica[metric] = Object.fromEntries(
        serving.flatMap((name) => {
          const value = valueOf(name);
          return value === undefined ? [] : [[name, { at, value }] as const];
        }),
      );
    };
    for (const [metric, sum] of Object.entries(total)) {
      const share = sum / serving.length;
      add(metric, () => (percentages.has(metric) ? Math.min(100, share) : share));
    }
    for (const [metric, values] of Object.entries(metrics))
      add(metric, (name) => (typeof values === 'number' ? values : values[name]));
    const ofGroup = Object.entries(group).map(([metric, value]) => [metric, { at, value }] as const);
    return { byReplica, ofGroup: Object.fromEntries(ofGroup) };
  }
}
