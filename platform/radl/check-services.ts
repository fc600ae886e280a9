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
  if (numberOf(service, 'balancer.port') !== undefined) return;
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
  const protocol = textOf(service, 'health.protocol') ?? textOf(service, 'balancer.protocol');
  const key = ['health.path', 'health.status'].find((each) => keyOf(service, each) !== undefined);
  if (key !== undefined && (protocol ?? 'tcp') === 'tcp') {
    const message = `${key} needs a health check over http or https, not tcp`;
    reportContradiction(checking, service, { key, message, hint: "add health.protocol = 'http'" });
  }
  const path = textOf(service, 'health.path') ?? '/';
  if (path.startsWith('/')) return;
  const message = `the path "${path}" does not start with /`;
  reportContradiction(checking, service, { key: 'health.path', message });
}

function checkScaling(checking: Checking, service: RadlService): void {
  const first = service.features.find((feature) => 'key' in feature && feature.key.startsWith('scale.'));
  if (first === undefined) return;
  const what = `the scaling of service ${service.id}`;
  const above = keyOf(service, 'scale.above');
  if (above === undefined && keyOf(service, 'scale.below') === undefined) {
    reportMissing(checking, what, { key: 'scale.above', span: first.span });
  }
  if (above !== undefined && keyOf(service, 'replicas.max') === undefined) {
    reportMissing(checking, what, { key: 'replicas.max', span: above.span });
  }
  checkThresholds(checking, service);
}

function checkThresholds(checking: Checking, service: RadlService): void {
  const above = numberOf(service, 'scale.above');
  const below = numberOf(service, 'scale.below');
  if (above === undefined) return;
  if (below !== undefined && below >= above) {
    const message = `scale.below (${below}) must be less than scale.above (${above})`;
    reportContradiction(checking, service, { key: 'scale.below', message });
  }
  const isCpu = (textOf(service, 'scale.metric') ?? 'cpu') === 'cpu';
  if (!isCpu || above <= 100) return;
  const message = `scale.above is ${above} %: a cpu has 100`;
  reportContradiction(checking, service, { key: 'scale.above', message });
}

/** The number given, else the one of the table of keys. */
function numberOr(service: RadlService, key: string): number {
  return numberOf(service, key) ?? Number(findFeatureKey('service', key)?.defaultValue);
}
