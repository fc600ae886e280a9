import {
  type RadlService,
  indicesOf,
  numberOf,
  parseDatapoints,
  parseRateLimit,
  parseStepAdjustment,
  policyPrefixes,
  textOf,
  textsOf,
} from '@trencadis/radl';
import { oneOf } from './one-of.ts';
import type {
  AlarmPolicy,
  MetricWish,
  RateLimit,
  ScalingPolicy,
  ScalingSpec,
  ScheduleSpec,
  Statistic,
} from './service-spec.ts';

const statistics: readonly Statistic[] = ['mean', 'min', 'max', 'p90', 'sum'];
/** AS-03: so far under the upper threshold the projected mean has to stay. */
const headroom = 10;

export function readScaling(service: RadlService): ScalingSpec {
  const seconds = (key: string, otherwise: number) => (numberOf(service, key) ?? otherwise) * 1000;
  return {
    engine: oneOf(service, 'scale.engine', ['platform', 'native']),
    policies: policyPrefixes(service).flatMap((prefix) => readPolicies(service, prefix)),
    schedules: indicesOf(service, 'schedule.').map((prefix) => readSchedule(service, prefix)),
    warmupMs: seconds('scale.warmup', 60),
    stabilization: { upMs: seconds('scale.up_window', 0), downMs: seconds('scale.down_window', 300) },
    limits: { up: limitsOf(service, 'scale.up_limit'), down: limitsOf(service, 'scale.down_limit') },
    limitChoice: oneOf(service, 'scale.limit', ['max', 'min', 'disabled']),
    periodMs: seconds('scale.period', 5),
  };
}

function limitsOf(service: RadlService, key: string): readonly RateLimit[] {
  return textsOf(service, key).flatMap((text) => {
    const limit = parseRateLimit(text);
    return limit ? [{ amount: limit.amount, unit: limit.unit, periodMs: limit.seconds * 1000 }] : [];
  });
}

/** `scale.` and its numbered forms; each threshold is a policy of its own. */
function readPolicies(service: RadlService, prefix: string): readonly ScalingPolicy[] {
  const wish = readMetric(service, prefix);
  const named = (what: string) => ({ id: `${prefix}${what}`, ...wish });
  const target = numberOf(service, `${prefix}target`);
  const above = numberOf(service, `${prefix}above`);
  const below = numberOf(service, `${prefix}below`);
  return [
    ...(above === undefined ? [] : [{ ...named('above'), ...thresholdPolicy(service, prefix, 'above') }]),
    ...(below === undefined ? [] : [{ ...named('below'), ...thresholdPolicy(service, prefix, 'below') }]),
    ...(target === undefined
      ? []
      : [
          {
            ...named('target'),
            kind: 'target' as const,
            target,
            tolerance: numberOf(service, `${prefix}tolerance`) ?? 0.1,
            scalesIn: textOf(service, `${prefix}scale_in`) !== 'no',
          },
        ]),
  ];
}

function readMetric(service: RadlService, prefix: string): MetricWish {
  const statistic = textOf(service, `${prefix}statistic`);
  return {
    metric: textOf(service, `${prefix}metric`) ?? 'cpu',
    statistic: statistics.find((each) => each === statistic) ?? 'mean',
  };
}

function thresholdPolicy(service: RadlService, prefix: string, kind: 'above' | 'below') {
  const threshold = numberOf(service, prefix + kind) ?? 0;
  if (textsOf(service, `${prefix}steps`).length > 0 || numberOf(service, `${prefix}cooldown`) !== undefined)
    return alarmPolicy(service, prefix, { kind, threshold });
  const upper = numberOf(service, `${prefix}above`);
  const forKey = kind === 'above' ? 'for' : 'below_for';
  const forSeconds = numberOf(service, prefix + forKey) ?? (kind === 'above' ? 60 : 300);
  return {
    kind,
    threshold,
    forMs: forSeconds * 1000,
    step: numberOf(service, `${prefix}step`) ?? 1,
    ...(kind === 'below' && upper !== undefined ? { ceiling: upper - headroom } : {}),
  };
}

function alarmPolicy(
  service: RadlService,
  prefix: string,
  { kind, threshold }: { readonly kind: 'above' | 'below'; readonly threshold: number },
): AlarmPolicy {
  const cooldown = numberOf(service, `${prefix}cooldown`);
  const datapoints = parseDatapoints(textOf(service, `${prefix}datapoints`) ?? '1/1');
  return {
    kind: cooldown === undefined ? 'step' : 'simple',
    comparison: kind,
    threshold,
    datapoints: datapoints?.count ?? 1,
    ofDatapoints: datapoints?.of ?? 1,
    missing: oneOf(service, `${prefix}missing`, ['missing', 'breaching', 'not-breaching', 'ignore']),
    adjustment: oneOf(service, `${prefix}adjust`, ['change', 'exact', 'percent']),
    leastChange: numberOf(service, `${prefix}least_change`) ?? 1,
    steps: stepsOf(service, prefix, kind),
    cooldownMs: (cooldown ?? 0) * 1000,
  };
}

/** Steps above a threshold are bounded from below, those under it from above. */
function stepsOf(service: RadlService, prefix: string, kind: 'above' | 'below'): AlarmPolicy['steps'] {
  const given = textsOf(service, `${prefix}steps`).flatMap((text) => parseStepAdjustment(text) ?? []);
  const own = given.filter(({ from, to }) =>
    kind === 'above' ? (from ?? 0) >= 0 && (to ?? 1) > 0 : (to ?? 0) <= 0 && (from ?? -1) < 0,
  );
  const step = numberOf(service, `${prefix}step`) ?? 1;
  const isExact = textOf(service, `${prefix}adjust`) === 'exact';
  return own.length > 0 ? own : [{ amount: kind === 'above' || isExact ? step : -step }];
}

function readSchedule(service: RadlService, prefix: string): ScheduleSpec {
  const number = (key: string) => numberOf(service, prefix + key);
  const [replicas, min, max] = [number('replicas'), number('min'), number('max')];
  return {
    id: prefix.slice(0, -1),
    at: textOf(service, `${prefix}at`) ?? '',
    timeZone: textOf(service, `${prefix}zone`) ?? 'UTC',
    ...(replicas === undefined ? {} : { replicas }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  };
}
