import { type RadlDocument, type RadlService, numberOf, textOf, textsOf } from '@trencadis/radl';
import { oneOf } from './one-of.ts';
import { readScaling } from './read-scaling.ts';
import type {
  BalancingSpec,
  HealthSpec,
  HookSpec,
  ReplicaSpec,
  RollSpec,
  ServiceSpec,
} from './service-spec.ts';

const isYes = (service: RadlService, key: string) => textOf(service, key) === 'yes';
const milliseconds = (service: RadlService, key: string, seconds: number) =>
  (numberOf(service, key) ?? seconds) * 1000;

/** The services of a checked document, with all defaults filled in (spec/radl, section 9). */
export function readServices({ services }: Pick<RadlDocument, 'services'>): readonly ServiceSpec[] {
  const byId = new Map(services.map((service) => [service.id, service]));
  return services.map((service) => {
    const partner = byId.get(textOf(service, 'balancer.with') ?? '');
    return readService(service, partner);
  });
}

function readService(service: RadlService, partner: RadlService | undefined): ServiceSpec {
  const balancing = readBalancing(service, partner);
  const hooks = { launch: readHook(service, 'launch'), terminate: readHook(service, 'terminate') };
  return {
    id: service.id,
    systemId: textOf(service, 'system') ?? '',
    replicas: readReplicas(service),
    ...(balancing ? { balancing } : {}),
    health: readHealth(service, balancing),
    scaling: readScaling(service),
    roll: readRoll(service),
    hooks: {
      ...(hooks.launch ? { launch: hooks.launch } : {}),
      ...(hooks.terminate ? { terminate: hooks.terminate } : {}),
    },
  };
}

function readReplicas(service: RadlService): ReplicaSpec {
  const min = numberOf(service, 'replicas.min') ?? 1;
  const surge = numberOf(service, 'replicas.surge');
  const mostPerCloud = numberOf(service, 'replicas.most_per_cloud');
  return {
    min,
    max: numberOf(service, 'replicas.max') ?? Math.max(min, 1),
    ...(surge === undefined ? {} : { surge }),
    replace: oneOf(service, 'replicas.replace', ['launch-first', 'terminate-first']),
    clouds: textsOf(service, 'replicas.clouds').flatMap((text) => text.split(',').map((each) => each.trim())),
    place: oneOf(service, 'replicas.place', ['fallback', 'spread']),
    ...(mostPerCloud === undefined ? {} : { mostPerCloud }),
    victim: oneOf(service, 'replicas.victim', ['oldest', 'newest']),
    mostBooting: numberOf(service, 'replicas.most_booting') ?? 10,
    retries: numberOf(service, 'replicas.retries') ?? 3,
  };
}

const protocols = ['tcp', 'http', 'https'] as const;
type Protocol = (typeof protocols)[number];

function protocolOf(service: RadlService, key: string): Protocol | undefined {
  const text = textOf(service, key);
  return protocols.find((each) => each === text);
}

function readBalancing(service: RadlService, partner: RadlService | undefined): BalancingSpec | undefined {
  const owner = partner ?? service;
  const port = numberOf(owner, 'balancer.port');
  if (port === undefined) return undefined;
  const protocol = protocolOf(owner, 'balancer.protocol') ?? 'tcp';
  const texts = {
    virtualAddress: textOf(owner, 'balancer.address'),
    host: textOf(service, 'balancer.host'),
    pathPrefix: textOf(service, 'balancer.path'),
    sharedWith: partner?.id,
  };
  return {
    kind: oneOf(owner, 'balancer.kind', ['haproxy', 'native']),
    port,
    protocol,
    targetPort: numberOf(service, 'balancer.target_port') ?? port,
    targetProtocol:
      protocolOf(service, 'balancer.target_protocol') ?? (protocol === 'https' ? 'http' : protocol),
    algorithm: oneOf(service, 'balancer.algorithm', ['roundrobin', 'leastconn', 'source']),
    isSticky: isYes(service, 'balancer.sticky'),
    drainMs: milliseconds(service, 'balancer.drain', 30),
    slowStartMs: milliseconds(service, 'balancer.slow_start', 0),
    failsOpen: textOf(service, 'balancer.fail_open') !== 'no',
    isPair: isYes(owner, 'balancer.pair'),
    ...definedOf(texts),
  };
}

type Defined<Texts> = { readonly [Key in keyof Texts]?: string };

function definedOf<Texts extends Readonly<Record<string, string | undefined>>>(texts: Texts): Defined<Texts> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== undefined)) as Defined<Texts>;
}

const graceWithoutCheck = 300;

function readHealth(service: RadlService, balancing: BalancingSpec | undefined): HealthSpec {
  const protocol = healthProtocol(service, balancing);
  const host = textOf(service, 'health.host');
  const heartbeat = numberOf(service, 'health.heartbeat');
  return {
    protocol,
    port: numberOf(service, 'health.port') ?? balancing?.targetPort ?? 80,
    path: textOf(service, 'health.path') ?? '/',
    ...(host === undefined ? {} : { host }),
    method: oneOf(service, 'health.method', ['GET', 'HEAD', 'OPTIONS']),
    status: numberOf(service, 'health.status') ?? 200,
    ...checkTimes(service),
    graceMs: milliseconds(service, 'health.grace', protocol === 'none' ? graceWithoutCheck : 0),
    ...(heartbeat === undefined ? {} : { heartbeatMs: heartbeat * 1000 }),
    combine: oneOf(service, 'health.combine', ['any', 'all']),
  };
}

/** A port alone is a TCP check; a service with neither port nor balancer has no check. */
function healthProtocol(service: RadlService, balancing: BalancingSpec | undefined): HealthSpec['protocol'] {
  if (textOf(service, 'health.protocol') === 'none') return 'none';
  const asked = protocolOf(service, 'health.protocol') ?? balancing?.targetProtocol;
  return asked ?? (numberOf(service, 'health.port') === undefined ? 'none' : 'tcp');
}

function checkTimes(service: RadlService): Pick<HealthSpec, 'intervalMs' | 'timeoutMs' | 'fall' | 'rise'> {
  return {
    intervalMs: milliseconds(service, 'health.interval', 2),
    timeoutMs: milliseconds(service, 'health.timeout', 1),
    fall: numberOf(service, 'health.fall') ?? 2,
    rise: numberOf(service, 'health.rise') ?? 2,
  };
}

function readRoll(service: RadlService): RollSpec {
  return {
    minHealthyPercent: numberOf(service, 'roll.min_healthy') ?? 90,
    maxHealthyPercent: numberOf(service, 'roll.max_healthy') ?? 100,
    checkpoints: textsOf(service, 'roll.checkpoints').map((text) => Number.parseFloat(text)),
    checkpointDelayMs: milliseconds(service, 'roll.checkpoint_delay', 3600),
    rollsBack: textOf(service, 'roll.rollback') !== 'no',
    stuckAfterMs: milliseconds(service, 'roll.stuck_after', 3600),
  };
}

function readHook(service: RadlService, when: 'launch' | 'terminate'): HookSpec | undefined {
  const prefix = `hook.${when}.`;
  const command = textOf(service, `${prefix}command`);
  const url = textOf(service, `${prefix}url`);
  const awaitsSignal = isYes(service, `${prefix}signal`);
  if (command === undefined && url === undefined && !awaitsSignal) return undefined;
  const fallback = when === 'launch' ? ('abandon' as const) : ('continue' as const);
  return {
    ...definedOf({ command, url }),
    awaitsSignal,
    timeoutMs: milliseconds(service, `${prefix}timeout`, 3600),
    otherwise: oneOf(service, `${prefix}otherwise`, [fallback, 'continue', 'abandon']),
  };
}
