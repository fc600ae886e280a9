import type { ReplicaSpec, ServiceSpec } from '../model.ts';

type Changes = {
  readonly replicas?: Partial<ReplicaSpec>;
  readonly health?: Partial<ServiceSpec['health']>;
  readonly scaling?: Partial<ServiceSpec['scaling']>;
  readonly roll?: Partial<ServiceSpec['roll']>;
};

const balancing: NonNullable<ServiceSpec['balancing']> = {
  kind: 'haproxy',
  port: 80,
  protocol: 'http',
  targetPort: 8080,
  targetProtocol: 'http',
  algorithm: 'roundrobin',
  isSticky: false,
  drainMs: 10_000,
  slowStartMs: 0,
  failsOpen: true,
  isPair: false,
};

const health: ServiceSpec['health'] = {
  protocol: 'http',
  port: 8080,
  path: '/readyz',
  method: 'GET',
  status: 200,
  intervalMs: 2_000,
  timeoutMs: 1_000,
  fall: 2,
  rise: 2,
  graceMs: 0,
  combine: 'any',
};

const scaling: ServiceSpec['scaling'] = {
  engine: 'platform',
  policies: [],
  schedules: [],
  warmupMs: 60_000,
  stabilization: { upMs: 0, downMs: 300_000 },
  limits: { up: [], down: [] },
  limitChoice: 'max',
  periodMs: 10_000,
};

const replicas: ReplicaSpec = {
  min: 3,
  max: 6,
  replace: 'launch-first',
  clouds: [],
  place: 'fallback',
  victim: 'oldest',
  mostBooting: 10,
  retries: 3,
};

const roll: ServiceSpec['roll'] = {
  minHealthyPercent: 90,
  maxHealthyPercent: 100,
  checkpoints: [],
  checkpointDelayMs: 3_600_000,
  rollsBack: false,
  stuckAfterMs: 3_600_000,
};

/** Three to six replicas behind a balancer, with the defaults of the specification. */
export function simulatedSpec(changes: Changes = {}): ServiceSpec {
  return {
    id: 'portal',
    systemId: 'server',
    replicas: { ...replicas, ...changes.replicas },
    balancing,
    health: { ...health, ...changes.health },
    scaling: { ...scaling, ...changes.scaling },
    roll: { ...roll, ...changes.roll },
    hooks: {},
  };
}
