import { isDeepStrictEqual } from 'node:util';
import type { Evaluation, GroupSnapshot, GroupState, ServiceSpec } from '../model.ts';
import { type Json, type TraceLine, isNumber, isObject, wrongLine } from './trace-line.ts';

/** An evaluation as it is stored: what was decided, and all that it was decided on. */
export type RecordedEvaluation = Evaluation & { readonly snapshot: GroupSnapshot };

export interface RecordedLine {
  readonly line: number;
  readonly snapshot: Omit<GroupSnapshot, 'state'>;
  /** Absent: what the decision before leaves. */
  readonly state?: GroupState;
  readonly evaluation?: Evaluation;
}

const evaluationKeys = ['at', 'desiredBefore', 'desiredAfter', 'verdict', 'findings'] as const;

/** Oldest first, whichever way they were listed; each with its service. */
export function readRecorded(lines: readonly TraceLine[]): readonly RecordedLine[] {
  const read = inOrder(lines.map(readLine));
  let spec: ServiceSpec | undefined;
  return read.map(({ spec: own, snapshot, ...rest }, index) => {
    spec = own ?? spec;
    if (spec === undefined || (index === 0 && rest.state === undefined)) {
      const part = spec === undefined ? 'spec' : 'state';
      throw wrongLine(rest.line, `has no '${part}': the oldest line says what it begins with`);
    }
    return { ...rest, snapshot: { ...snapshot, spec } };
  });
}

interface BareLine extends Omit<RecordedLine, 'snapshot'> {
  readonly snapshot: Omit<GroupSnapshot, 'state' | 'spec'>;
  readonly spec?: ServiceSpec;
}

function inOrder(read: readonly BareLine[]): readonly BareLine[] {
  const [first, last] = [read[0], read.at(-1)];
  const isNewestFirst = first !== undefined && last !== undefined && first.snapshot.now > last.snapshot.now;
  const ordered = isNewestFirst ? read.toReversed() : read;
  let before = -Infinity;
  for (const { line, snapshot } of ordered) {
    if (snapshot.now < before)
      throw wrongLine(line, 'is older than the one beside it: give the lines in the order of their instants');
    before = snapshot.now;
  }
  return ordered;
}

function readLine({ line, value }: TraceLine): BareLine {
  const given = isObject(value['snapshot']) ? value['snapshot'] : value;
  const { spec, state, ...snapshot } = { isPlanRunning: false, answeredAt: {}, ...given } as Json;
  checkSnapshot(line, snapshot);
  for (const [key, part] of Object.entries({ spec, state }))
    if (part !== undefined && !isObject(part)) throw wrongLine(line, `has a '${key}' that is no object`);
  const evaluation = evaluationOf(value);
  return {
    line,
    snapshot: snapshot as unknown as BareLine['snapshot'],
    ...(isObject(spec) && { spec: spec as unknown as ServiceSpec }),
    ...(isObject(state) && { state: state as unknown as GroupState }),
    ...(evaluation !== undefined && { evaluation }),
  };
}

function checkSnapshot(line: number, { now, replicas, samples, answeredAt }: Json): void {
  if (!isNumber(now)) throw wrongLine(line, "has no number 'now', in milliseconds since 1970");
  if (!Array.isArray(replicas)) throw wrongLine(line, "has no list 'replicas'");
  if (!isObject(answeredAt)) throw wrongLine(line, "has an 'answeredAt' that is no object");
  if (!isObject(samples) || !isObject(samples['byReplica']) || !isObject(samples['ofGroup']))
    throw wrongLine(line, "has no 'samples' with 'byReplica' and 'ofGroup'");
}

/** Beside the snapshot, under a name of its own or not. */
function evaluationOf(value: Json): Evaluation | undefined {
  const given = isObject(value['evaluation']) ? value['evaluation'] : value;
  if (!isObject(value['snapshot']) || !Array.isArray(given['findings'])) return undefined;
  const kept = evaluationKeys.map((key) => [key, given[key]] as const);
  return Object.fromEntries(kept) as unknown as Evaluation;
}

/** As a trace: oldest first, the service only where it is another than before. */
export function writeTrace(evaluations: readonly RecordedEvaluation[]): string {
  let before: ServiceSpec | undefined;
  const ordered = evaluations.toSorted((one, other) => one.snapshot.now - other.snapshot.now);
  const lines = ordered.map(({ snapshot, at, desiredBefore, desiredAfter, verdict, findings }) => {
    const { spec, ...rest } = snapshot;
    const isKnown = isDeepStrictEqual(spec, before);
    before = spec;
    const evaluation: Evaluation = { at, desiredBefore, desiredAfter, verdict, findings };
    return JSON.stringify({ snapshot: isKnown ? rest : snapshot, evaluation });
  });
  return lines.map((line) => `${line}\n`).join('');
}
