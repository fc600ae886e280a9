import { parseRadl, readRadl } from '@trencadis/radl';
import type { BalancingSpec, ServiceSpec } from '../model.ts';
import { readServices } from '../read-service.ts';
import { fill, fillAll } from './fill.ts';
import { readPolicy } from './read-policy.ts';
import { type TraceLine, isObject, objectAt, wrongLine } from './trace-line.ts';

/** The service of a hand-written trace: a `radl` text or the defaults, and on top of it what `service` says otherwise. */
export function readServiceOf(header: TraceLine, given?: ServiceSpec): ServiceSpec {
  const base = given ?? ofRadl(header) ?? defaultService();
  const wrong = (problem: string) => wrongLine(header.line, problem);
  const { scaling, balancing, ...rest } = objectAt(header, 'service');
  const { scaling: own, balancing: ownBalancing, ...ownRest } = base;
  const others = fill(ownRest, rest, { wrong, path: 'service', optional });
  const isBalanced = balancing !== undefined || ownBalancing !== undefined;
  const service: ServiceSpec = {
    ...(others as unknown as Omit<ServiceSpec, 'scaling' | 'balancing'>),
    scaling: readScalingOf(own, scaling ?? {}, wrong),
    ...(isBalanced && { balancing: { ...ownBalancing, ...balancingOf(balancing) } as BalancingSpec }),
  };
  const { min, max } = service.replicas;
  if (min > max) throw wrong(`asks for at least ${min} replicas and at most ${max}`);
  return service;
}

const optional = ['surge', 'mostPerCloud', 'host', 'heartbeatMs', 'launch', 'terminate'];

function balancingOf(given: unknown): object {
  return isObject(given) ? given : {};
}

function readScalingOf(
  own: ServiceSpec['scaling'],
  given: unknown,
  wrong: (problem: string) => Error,
): ServiceSpec['scaling'] {
  if (!isObject(given)) throw wrong("has a 'service.scaling' that is no object");
  const { policies, schedules, limits, ...rest } = given;
  const path = 'service.scaling';
  const lists = isObject(limits) ? limits : {};
  const limitsOf = (direction: 'up' | 'down') =>
    fillAll({ amount: 0, unit: 'replicas', periodMs: 60_000 }, lists[direction], {
      wrong,
      path: `${path}.limits.${direction}`,
    }) ?? own.limits[direction];
  const { policies: ownPolicies, schedules: ownSchedules, limits: _limits, ...ownRest } = own;
  return {
    ...fill(ownRest, rest, { wrong, path }),
    policies: policiesOf(policies, wrong) ?? ownPolicies,
    schedules:
      fillAll({ id: 'schedule', at: '', timeZone: 'UTC' }, schedules, {
        wrong,
        path: `${path}.schedules`,
        optional: ['replicas', 'min', 'max'],
      }) ?? ownSchedules,
    limits: { up: limitsOf('up'), down: limitsOf('down') } as ServiceSpec['scaling']['limits'],
  };
}

function policiesOf(
  given: unknown,
  wrong: (problem: string) => Error,
): ServiceSpec['scaling']['policies'] | undefined {
  if (given === undefined) return undefined;
  if (!Array.isArray(given)) throw wrong("has a 'service.scaling.policies' that is no list");
  const policies = given.map((each: unknown, index) => readPolicy(each, { index, wrong }));
  const ids = policies.map(({ id }) => id);
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw wrong(`has two policies with the id '${twice}'`);
  return policies;
}

function defaultService(): ServiceSpec {
  const [service] = readServices(parseRadl('service replayed ()', { dialect: 'trencadis' }).document);
  if (service === undefined) throw new Error('an empty service section is read as none');
  return service;
}

/** A document's only service; it need not say of what system it is made. */
function ofRadl(header: TraceLine): ServiceSpec | undefined {
  const { radl } = header.value;
  if (radl === undefined) return undefined;
  if (typeof radl !== 'string') throw wrongLine(header.line, "has a 'radl' that is no text");
  const { document, diagnostics } = readRadl(radl, { dialect: 'trencadis' });
  const problem = diagnostics.find(({ message }) => !message.endsWith('has no system'));
  if (problem !== undefined) {
    const { message, hint, span } = problem;
    const remedy = hint === undefined ? '' : `: ${hint}`;
    throw wrongLine(header.line, `has RADL in which ${message} (line ${span.line}${remedy})`);
  }
  const [service, ...others] = readServices(document);
  if (service !== undefined && others.length === 0) return service;
  throw wrongLine(
    header.line,
    `has RADL with ${others.length === 0 ? 'no service' : 'more than one service'}`,
  );
}
