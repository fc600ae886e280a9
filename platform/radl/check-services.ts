import { checkAdded, keyOf, reportContradiction, reportMissing } from './check-added-section.ts';
import type { Checking } from './checking.ts';
import { findFeatureKey } from './feature-keys.ts';
import { numberOf, textOf } from './features.ts';
import type { RadlService } from './model.ts';

/** Services: complete, in range, and their values agree (availability.md). */
export function checkServices(checking: Checking): void {
  for (const service of checking.document.services) {
    if (!checkAdded(checking, 'service', service)) continue;
    checkIdOfSystem(checking, service);
    checkReplicas(checking, service);
    checkBalancer(checking, service);
    checkHealth(checking, service);
    checkScaling(checking, service);
  }
  checkSharedSystems(checking);
}

/** Replicas are told from other VMs by their system, so that is theirs alone. */
function checkSharedSystems(checking: Checking): void {
  const { services, deploys } = checking.document;
  const deployed = new Set(deploys.map(({ systemId }) => systemId));
  const owners = new Map<string, string>();
  for (const service of services.filter(({ id }) => deployed.has(id))) {
    const system = textOf(service, 'system');
    if (system === undefined) continue;
    const other = owners.get(system) ?? (deployed.has(system) ? `deploy ${system}` : undefined);
    owners.set(system, `service ${service.id}`);
    if (other === undefined) continue;
    const message = `system ${system} is deployed by ${other} already, and replicas of a service are its own`;
    reportContradiction(checking, service, { key: 'system', message, hint: 'declare a system of its own' });
  }
}

function checkIdOfSystem(checking: Checking, { id, span }: RadlService): void {
  if (!checking.systemIds.has(id)) return;
  const message = `service ${id} has the id of a system: \`deploy ${id}\` could mean either`;
  checking.report({ code: 'RADL310', span, message, hint: 'rename the service' });
}

function checkReplicas(checking: Checking, service: RadlService): void {
  const least = numberOr(service, 'replicas.min');
  const most = numberOf(service, 'replicas.max');
  if (most === undefined || least <= most) return;
  const message = `replicas.max is ${most}, but replicas.min is ${least}`;
  reportContradiction(checking, service, { key: 'replicas.max', message });
}

function checkBalancer(checking: Checking, service: RadlService): void {
  const partner = textOf(service, 'balancer.with');
  if (partner === service.id)
    reportContradiction(checking, service, {
      key: 'balancer.with',
      message: `service ${service.id} cannot share its own balancer`,
    });
  if (numberOf(service, 'balancer.port') !== undefined || partner !== undefined) return;
  const other = service.features.find((feature) => 'key' in feature && feature.key.startsWith('balancer.'));
  if (other === undefined) return;
  reportMissing(checking, `the balancer of service ${service.id}`, {
    key: 'balancer.port',
    span: other.span,
  });
}

function checkHealth(checking: Checking, service: RadlService): void {
  const interval = numberOr(service, 'health.interval');
  const timeout = numberOr(service, 'health.timeout');
  if (timeout >= interval) {
    const key = numberOf(service, 'health.timeout') === undefined ? 'health.interval' : 'health.timeout';
    const message = `health.timeout (${timeout} s) must be shorter than health.interval (${interval} s)`;
    reportContradiction(checking, service, { key, message });
  }
  checkHealthPath(checking, service);
}

function checkHealthPath(checking: Checking, service: RadlService): void {
  const protocol =
    textOf(service, 'health.protocol') ??
    textOf(service, 'balancer.target_protocol') ??
    textOf(service, 'balancer.protocol');
  const key = ['health.path', 'health.status'].find((each) => keyOf(service, each) !== undefined);
  if (key !== undefined && ['tcp', 'none'].includes(protocol ?? 'tcp')) {
    const message = `${key} needs a health check over http or https, not tcp`;
    reportContradiction(checking, service, { key, message, hint: "add health.protocol = 'http'" });
  }
  const path = textOf(service, 'health.path') ?? '/';
  if (path.startsWith('/')) return;
  const message = `the path "${path}" does not start with /`;
  reportContradiction(checking, service, { key: 'health.path', message });
}

function checkScaling(checking: Checking, service: RadlService): void {
  for (const prefix of policyPrefixes(service)) checkPolicy(checking, service, prefix);
  const schedules = indicesOf(service, 'schedule.');
  for (const prefix of schedules) checkSchedule(checking, service, prefix);
  const isNative = textOf(service, 'scale.engine') === 'native';
  if (isNative && textOf(service, 'balancer.kind') === 'haproxy') {
    const message = "scale.engine 'native' goes with the VM manager's own balancer";
    reportContradiction(checking, service, { key: 'balancer.kind', message });
  }
}

/** `scale.` and `scale.N.` of the policies that a service has; keys of all policies together begin none. */
export function policyPrefixes(service: RadlService): readonly string[] {
  const ofFirst = keysOfService(service).some((key) => policyKeys.has(key.replace(/^scale\./, '')));
  return [...(ofFirst ? ['scale.'] : []), ...indicesOf(service, 'scale.')];
}

const policyKeys: ReadonlySet<string> = new Set([
  'metric',
  'statistic',
  'above',
  'for',
  'step',
  'below',
  'below_for',
  'target',
  'tolerance',
  'scale_in',
  'steps',
  'adjust',
  'least_change',
  'datapoints',
  'missing',
  'cooldown',
]);

/** `schedule.0.`, `schedule.1.` in the order in which they are first named. */
export function indicesOf(service: RadlService, section: string): readonly string[] {
  const prefixes = keysOfService(service).flatMap((key) => {
    const [index] = key.startsWith(section) ? key.slice(section.length).split('.') : [];
    return index !== undefined && /^\d+$/.test(index) ? [`${section}${index}.`] : [];
  });
  return [...new Set(prefixes)];
}

function keysOfService({ features }: RadlService): readonly string[] {
  return features.flatMap((feature) => ('key' in feature ? [feature.key] : []));
}

function checkPolicy(checking: Checking, service: RadlService, prefix: string): void {
  const first = service.features.find((feature) => 'key' in feature && feature.key.startsWith(prefix));
  if (first === undefined) return;
  const what = `the scaling of service ${service.id}`;
  const given = ['above', 'below', 'target'].filter((key) => keyOf(service, prefix + key) !== undefined);
  if (given.length === 0) reportMissing(checking, what, { key: `${prefix}above`, span: first.span });
  const adding = ['above', 'target'].flatMap((key) => keyOf(service, prefix + key) ?? []);
  if (adding[0] !== undefined && keyOf(service, 'replicas.max') === undefined)
    reportMissing(checking, what, { key: 'replicas.max', span: adding[0].span });
  checkThresholds(checking, service, prefix);
}

function checkThresholds(checking: Checking, service: RadlService, prefix: string): void {
  const above = numberOf(service, `${prefix}above`);
  const below = numberOf(service, `${prefix}below`);
  if (above === undefined) return;
  if (below !== undefined && below >= above) {
    const message = `${prefix}below (${below}) must be less than ${prefix}above (${above})`;
    reportContradiction(checking, service, { key: `${prefix}below`, message });
  }
  const isCpu = (textOf(service, `${prefix}metric`) ?? 'cpu') === 'cpu';
  if (!isCpu || above <= 100) return;
  const message = `${prefix}above is ${above} %: a cpu has 100`;
  reportContradiction(checking, service, { key: `${prefix}above`, message });
}

function checkSchedule(checking: Checking, service: RadlService, prefix: string): void {
  const first = service.features.find((feature) => 'key' in feature && feature.key.startsWith(prefix));
  if (first === undefined) return;
  const what = `${prefix.slice(0, -1)} of service ${service.id}`;
  if (keyOf(service, `${prefix}at`) === undefined)
    reportMissing(checking, what, { key: `${prefix}at`, span: first.span });
  const sets = ['replicas', 'min', 'max'].some((key) => keyOf(service, prefix + key) !== undefined);
  if (!sets) reportMissing(checking, what, { key: `${prefix}replicas`, span: first.span });
}

/** The number given, else the one of the table of keys. */
function numberOr(service: RadlService, key: string): number {
  return numberOf(service, key) ?? Number(findFeatureKey('service', key)?.defaultValue);
}
