import { isDeepStrictEqual } from 'node:util';
import type {
  Evaluation,
  GroupAction,
  GroupDecision,
  GroupSnapshot,
  GroupState,
  ServiceSpec,
} from './model.ts';
import { isHandWritten, readHandWritten } from './replay/hand-written-trace.ts';
import { type RecordedLine, readRecorded } from './replay/recorded-trace.ts';
import { SimulatedGroup } from './replay/simulated-group.ts';
import { type TraceLine, readTraceLines, wrongLine } from './replay/trace-line.ts';

export { type RecordedEvaluation, writeTrace } from './replay/recorded-trace.ts';

export type DecideGroup = (snapshot: GroupSnapshot) => GroupDecision;

export interface ReplayOptions {
  /** Another service than the trace's: what it would have decided on what was measured. */
  readonly spec?: ServiceSpec;
}

export interface ReplayedEvaluation {
  /** Of the trace, from 1. Of a hand-written one: the line whose measurement held. */
  readonly line: number;
  readonly evaluation: Evaluation;
  readonly action?: GroupAction;
  /** What was decided on; of a hand-written trace with its simulated replicas. */
  readonly snapshot: GroupSnapshot;
  /** Absent: none was recorded, or another service was asked for. */
  readonly recorded?: Evaluation;
  /** The recomputed one is the recorded one. */
  readonly isEqual?: boolean;
  /**
   * The recorded state is what the decision before leaves; otherwise somebody changed it, or lines in between are missing,
   * and it goes on with the recorded one. Absent at the beginning.
   */
  readonly isContinued?: boolean;
}

/**
 * AS-16: decides again on a trace, with the instants of the trace. JSON lines of either form; empty ones and those that
 * begin with `#` are left out, instants are milliseconds since 1970 or ISO 8601 texts. What is wrong is
 * `invalid-argument` and names the line.
 *
 * Recorded: stored evaluations, as `writeTrace` writes them or as the API lists them,
 * `{"snapshot": GroupSnapshot, "evaluation"?: Evaluation}`; `spec` and `state` may be left out of all but the oldest
 * snapshot, then they are carried forward. With another service the state is carried forward all along.
 *
 * Hand-written: a header, then what was measured; each line holds until the next one.
 * ```
 * {"radl": "service broker (replicas.min = 2 and replicas.max = 5 and scale.above = 80)", "bootMs": 45000}
 * {"at": 0, "metrics": {"cpu": {"vm1": 91, "vm2": 88}}}
 * {"at": 90000, "total": {"cpu": 120}}
 * ```
 * The header has `radl` (a document with one service) or nothing, `service` (what of the service is to be otherwise, as
 * in `ServiceSpec`), `bootMs` (60 s), `tickMs` (5 s), `replicas` (in service at the beginning). A line has `metrics` (by
 * replica, or one number for each of them), `total` (shared by the replicas in service), `group` (of the group as a
 * whole). Replicas are simulated: what is launched is in service after the boot time.
 */
export function replayTrace(
  text: string,
  decide: DecideGroup,
  { spec }: ReplayOptions = {},
): readonly ReplayedEvaluation[] {
  const [first, ...rest] = readTraceLines(text);
  if (first === undefined) return [];
  return isHandWritten(first)
    ? replayHandWritten([first, ...rest], decide, spec)
    : replayRecorded([first, ...rest], decide, spec);
}

function replayRecorded(
  lines: readonly TraceLine[],
  decide: DecideGroup,
  other: ServiceSpec | undefined,
): readonly ReplayedEvaluation[] {
  const recorded = readRecorded(lines);
  let carried: GroupState | undefined;
  return (other === undefined ? recorded : onOther(recorded, other)).map(
    ({ line, snapshot: bare, state = carried, evaluation: stored }) => {
      if (state === undefined) throw wrongLine(line, 'has no state to begin with');
      const snapshot = { ...bare, state };
      const { evaluation, action, state: next } = decideAt(line, decide, snapshot);
      const isContinued = carried === undefined ? undefined : isDeepStrictEqual(carried, state);
      carried = asStored(next);
      return {
        line,
        evaluation,
        snapshot,
        ...(action !== undefined && { action }),
        ...(stored !== undefined && {
          recorded: stored,
          isEqual: isDeepStrictEqual(asStored(evaluation), stored),
        }),
        ...(isContinued !== undefined && { isContinued }),
      };
    },
  );
}

/** What was measured, and nothing of what was decided on it but the state at the beginning. */
function onOther(recorded: readonly RecordedLine[], spec: ServiceSpec): readonly RecordedLine[] {
  return recorded.map(({ line, snapshot, state }, index) => ({
    line,
    snapshot: { ...snapshot, spec },
    ...(index === 0 && state !== undefined && { state }),
  }));
}

function asStored<Stored>(value: Stored): Stored {
  return JSON.parse(JSON.stringify(value)) as Stored;
}

function replayHandWritten(
  lines: readonly [TraceLine, ...TraceLine[]],
  decide: DecideGroup,
  spec: ServiceSpec | undefined,
): readonly ReplayedEvaluation[] {
  const trace = readHandWritten(lines, spec);
  const { measurements, tickMs } = trace;
  const [first, last] = [measurements[0], measurements.at(-1)];
  if (first === undefined || last === undefined) return [];
  const group = new SimulatedGroup(trace, first.at);
  const replayed: ReplayedEvaluation[] = [];
  let place = 0;
  for (let now = first.at; now < last.at + tickMs; now += tickMs) {
    while ((measurements[place + 1]?.at ?? Infinity) <= now) place += 1;
    const measurement = measurements[place] ?? last;
    const snapshot = group.snapshot(now, measurement);
    const decision = decideAt(measurement.line, decide, snapshot);
    const { evaluation, action } = decision;
    group.follow(decision, now);
    replayed.push({ line: measurement.line, evaluation, snapshot, ...(action !== undefined && { action }) });
  }
  return replayed;
}

/** What cannot be decided on is the trace's fault: that it is no snapshot after all. */
function decideAt(line: number, decide: DecideGroup, snapshot: GroupSnapshot): GroupDecision {
  try {
    return decide(snapshot);
  } catch (cause) {
    const because = cause instanceof Error ? cause.message : String(cause);
    throw wrongLine(line, `cannot be decided on (${because}): it lacks a part of a snapshot`, cause);
  }
}
