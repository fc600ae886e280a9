import type { GroupSnapshot, GroupState, ServiceSpec } from '@trencadis/availability';
import { type InfrastructureId, newInfrastructureId } from '@trencadis/ids';
import type { GroupRecord, StoredEvaluation } from '../group-record.ts';

/** Two to four replicas behind a balancer, with all defaults. */
export function exampleSpec(changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    id: 'front',
    systemId: 'front',
    replicas: {
      min: 2,
      max: 4,
      replace: 'launch-first',
      clouds: [],
      place: 'fallback',
      victim: 'oldest',
      mostBooting: 10,
      retries: 3,
    },
    balancing: {
      kind: 'haproxy',
      port: 80,
      protocol: 'http',
      targetPort: 8080,
      targetProtocol: 'http',
      algorithm: 'roundrobin',
      isSticky: false,
      drainMs: 30_000,
      slowStartMs: 0,
      failsOpen: true,
      isPair: false,
    },
    health: {
      protocol: 'http',
      port: 8080,
      path: '/',
      method: 'GET',
      status: 200,
      intervalMs: 2_000,
      timeoutMs: 1_000,
      fall: 2,
      rise: 2,
      graceMs: 0,
      combine: 'any',
    },
    scaling: {
      engine: 'platform',
      policies: [],
      schedules: [],
      warmupMs: 60_000,
      stabilization: { upMs: 0, downMs: 300_000 },
      limits: { up: [], down: [] },
      limitChoice: 'max',
      periodMs: 10_000,
    },
    roll: {
      minHealthyPercent: 90,
      maxHealthyPercent: 100,
      checkpoints: [],
      checkpointDelayMs: 0,
      rollsBack: false,
      stuckAfterMs: 3_600_000,
    },
    hooks: {},
    ...changes,
  };
}

export function exampleState(desired = 2): GroupState {
  return {
    desired,
    suspended: [],
    replicas: {},
    launches: {},
    scaling: { policies: {}, recommendations: [], changes: [] },
  };
}

export function exampleRecord(
  serviceId = 'front',
  infrastructureId: InfrastructureId = newInfrastructureId(),
): Omit<GroupRecord, 'version'> {
  return { infrastructureId, serviceId, state: exampleState() };
}

export function exampleSnapshot(now: number): GroupSnapshot {
  return {
    now,
    spec: exampleSpec(),
    state: exampleState(),
    replicas: [],
    isPlanRunning: false,
    answeredAt: {},
    samples: { byReplica: {}, ofGroup: {} },
  };
}

export function exampleEvaluation(
  { infrastructureId, serviceId }: Pick<GroupRecord, 'infrastructureId' | 'serviceId'>,
  at: number,
  isDecision = false,
): StoredEvaluation {
  return {
    infrastructureId,
    serviceId,
    isDecision,
    evaluation: {
      at,
      desiredBefore: 2,
      desiredAfter: isDecision ? 3 : 2,
      verdict: isDecision ? 'one more' : 'nothing to do',
      findings: [{ rule: 'RS-02', text: '2 of 2', values: { live: 2 } }],
    },
    snapshot: exampleSnapshot(at),
  };
}
