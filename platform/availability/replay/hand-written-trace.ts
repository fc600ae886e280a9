import { type VmName, parseId } from '@trencadis/ids';
import type { ServiceSpec } from '../model.ts';
import { readServiceOf } from './override-service.ts';
import {
  type TraceLine,
  countAt,
  instantAt,
  isNumber,
  isObject,
  objectAt,
  refuseOtherKeys,
  wrongLine,
} from './trace-line.ts';

/** What is measured from an instant on, until the next line. */
export interface Measurement {
  readonly line: number;
  readonly at: number;
  /** A number: of every replica in service. */
  readonly metrics: Readonly<Record<string, number | Readonly<Record<string, number>>>>;
  /** Shared evenly by the replicas in service. */
  readonly total: Readonly<Record<string, number>>;
  readonly group: Readonly<Record<string, number>>;
}

export interface HandWrittenTrace {
  readonly spec: ServiceSpec;
  /** From a launch until the new replica is in service. */
  readonly bootMs: number;
  readonly tickMs: number;
  /** In service and warm at the beginning. */
  readonly replicas: readonly VmName[];
  readonly measurements: readonly Measurement[];
}

const headerKeys = ['service', 'radl', 'bootMs', 'tickMs', 'replicas'];
const measurementKeys = ['at', 'metrics', 'total', 'group'];
const mostTicks = 200_000;
const numbered = /^(.*?)(\d+)$/;

export function isHandWritten({ value }: TraceLine): boolean {
  return value['snapshot'] === undefined && value['now'] === undefined;
}

export function readHandWritten(
  [header, ...rest]: readonly [TraceLine, ...TraceLine[]],
  given?: ServiceSpec,
): HandWrittenTrace {
  refuseOtherKeys(header, headerKeys);
  const spec = readServiceOf(header, given);
  const bootMs = countAt(header, 'bootMs', { otherwise: 60_000, least: 0 });
  const tickMs = countAt(header, 'tickMs', { otherwise: 5_000, least: 100 });
  const measurements = rest.map(readMeasurement);
  checkTimes(measurements, tickMs);
  return { spec, bootMs, tickMs, replicas: firstReplicas(header, spec, measurements[0]), measurements };
}

function readMeasurement(line: TraceLine): Measurement {
  refuseOtherKeys(line, measurementKeys);
  const metrics = Object.entries(objectAt(line, 'metrics')).map(
    ([metric, value]) =>
      [metric, isObject(value) ? numbersOf(line, `metrics.${metric}`, value) : value] as const,
  );
  const wrong = metrics.find(([, value]) => !isNumber(value) && !isObject(value));
  if (wrong !== undefined)
    throw wrongLine(line.line, `has a 'metrics.${wrong[0]}' that is neither a number nor numbers by replica`);
  return {
    line: line.line,
    at: instantAt(line, 'at'),
    metrics: Object.fromEntries(metrics) as Measurement['metrics'],
    total: numbersOf(line, 'total', objectAt(line, 'total')),
    group: numbersOf(line, 'group', objectAt(line, 'group')),
  };
}

function numbersOf(
  { line }: TraceLine,
  path: string,
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, number>> {
  for (const [key, value] of Object.entries(values))
    if (!isNumber(value)) throw wrongLine(line, `has a '${path}.${key}' that is no number`);
  return values as Readonly<Record<string, number>>;
}

function checkTimes(measurements: readonly Measurement[], tickMs: number): void {
  for (const [index, { line, at }] of measurements.entries())
    if (at < (measurements[index - 1]?.at ?? -Infinity))
      throw wrongLine(line, 'is older than the one before it: give the lines in the order of their instants');
  const [first, last] = [measurements[0], measurements.at(-1)];
  if (first === undefined || last === undefined)
    throw wrongLine(1, 'is not followed by any: give lines like {"at": 0, "metrics": {"cpu": {"vm1": 91}}}');
  if ((last.at - first.at) / tickMs > mostTicks)
    throw wrongLine(
      last.line,
      `is more than ${mostTicks} evaluations later than the first: make 'tickMs' greater`,
    );
}

/** Named as in the first measurement; where it names too few, counted on from there. */
function firstReplicas(header: TraceLine, spec: ServiceSpec, first?: Measurement): readonly VmName[] {
  const named = new Set(
    Object.values(first?.metrics ?? {}).flatMap((each) => (isNumber(each) ? [] : Object.keys(each))),
  );
  const otherwise = Math.max(spec.replicas.min, named.size);
  const count = countAt(header, 'replicas', { otherwise, least: 0 });
  const names = [...named].slice(0, count).map((name) => {
    const vm = parseId('VmName', name);
    if (vm === undefined)
      throw wrongLine(first?.line ?? header.line, `names a replica '${name}', which is no name of a VM`);
    return vm;
  });
  while (names.length < count) names.push(nextName(names));
  return names;
}

/** The prefix of the first one, and the lowest number that none has. */
export function nextName(names: readonly VmName[]): VmName {
  const prefix = numbered.exec(names[0] ?? '')?.[1] ?? 'vm';
  for (let number = 1; ; number++) {
    const name = parseId('VmName', `${prefix}${number}`);
    if (name === undefined) throw new Error(`no replica can be named after '${prefix}'`);
    if (!names.includes(name)) return name;
  }
}
