import type { ScalingPolicy } from '../model.ts';
import { fill } from './fill.ts';
import { isObject } from './trace-line.ts';

const cpu = { metric: 'cpu', statistic: 'mean' } as const;

const sustained = { ...cpu, threshold: Number.NaN, step: 1 };

const alarmed = {
  ...cpu,
  comparison: 'above',
  threshold: Number.NaN,
  datapoints: 1,
  ofDatapoints: 1,
  missing: 'missing',
  adjustment: 'change',
  leastChange: 1,
  steps: [{ amount: 1 }],
};

/** By kind, with what a document's defaults are. */
const defaults: Readonly<Record<string, object>> = {
  above: { ...sustained, forMs: 60_000 },
  below: { ...sustained, forMs: 300_000 },
  simple: { ...alarmed, cooldownMs: 300_000 },
  step: { ...alarmed, cooldownMs: 0 },
  target: { ...cpu, target: Number.NaN, tolerance: 0.1, scalesIn: true },
};

const choices: Readonly<Record<string, readonly string[]>> = {
  statistic: ['mean', 'min', 'max', 'p90', 'sum'],
  comparison: ['above', 'below'],
  missing: ['missing', 'breaching', 'not-breaching', 'ignore'],
  adjustment: ['change', 'exact', 'percent'],
};

/** A policy of a hand-written trace: its kind and its threshold or target, what else is to differ from the defaults. */
export function readPolicy(
  given: unknown,
  { index, wrong }: { readonly index: number; readonly wrong: (problem: string) => Error },
): ScalingPolicy {
  const path = `service.scaling.policies.${index}`;
  const kind = isObject(given) ? given['kind'] : undefined;
  const ofKind = typeof kind === 'string' ? defaults[kind] : undefined;
  if (ofKind === undefined)
    throw wrong(`has a '${path}.kind' that is none of ${Object.keys(defaults).join(', ')}`);
  const policy = fill({ id: String(kind), kind, ...ofKind }, given, { wrong, path, optional: ['ceiling'] });
  for (const [key, value] of Object.entries(policy)) {
    if (Number.isNaN(value)) throw wrong(`has no number '${path}.${key}'`);
    if (choices[key]?.includes(String(value)) === false)
      throw wrong(`has a '${path}.${key}' that is none of ${choices[key].join(', ')}`);
  }
  return policy as unknown as ScalingPolicy;
}
