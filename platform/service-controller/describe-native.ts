import type { GroupActivity, GroupInstance } from '@trencadis/availability';
import type { Group } from './fleet.ts';
import type { GroupRecord, GroupView, ReplicaLook, StoredEvaluation, StoredEvent } from './group-record.ts';
import type { NativeLook } from './native-groups.ts';
import { newRecord } from './new-record.ts';

/** What its engine told of a group, or why it told nothing. */
export type NativeAnswer = { readonly look: NativeLook | undefined } | { readonly because: string };

/** A group that a VM manager keeps, in the words of those that the platform keeps. Nothing of it is stored. Pure. */
export function nativeRecord(group: Group, answer: NativeAnswer, at: number): GroupRecord {
  const first = { ...newRecord(group), version: 0 };
  const unseen = (because: string): GroupRecord => ({
    ...first,
    view: { at, condition: 'degraded', because, endpoints: [], troubles: [], replicas: [] },
  });
  if ('because' in answer) return unseen(answer.because);
  if (answer.look === undefined) return unseen("the VM manager's own engine has not been told of it yet");
  const { group: seen } = answer.look;
  const { min, max, desired, suspended } = seen;
  const { replicas } = group.spec;
  const isOwn = min !== replicas.min || max !== replicas.max;
  const state = { ...first.state, desired, suspended, ...(isOwn ? { bounds: { min, max } } : {}) };
  return { ...first, state, view: viewOf(answer.look, at) };
}

function viewOf({ product, group, endpoints }: NativeLook, at: number): GroupView {
  const { desired, instances, roll, status } = group;
  const replicas = instances.map((each, index) => lookOf(each, index + 1));
  const serving = replicas.filter(({ phase }) => phase === 'in-service').length;
  const [trouble] = [
    ...(status === 'active' ? [] : [`${product} says that it is ${status}`]),
    ...failedLaunch(group.activities),
    ...(serving < desired ? [`${serving} of ${desired} replicas are in service`] : []),
  ];
  const rolling =
    roll === undefined || /^(Successful|RollbackSuccessful)$/.test(roll.status)
      ? []
      : [`rolling update by ${product}: ${roll.status}, ${roll.percent} %${reason(roll.because)}`];
  return {
    at,
    condition: trouble === undefined ? 'ok' : 'degraded',
    ...(trouble === undefined ? {} : { because: trouble }),
    endpoints,
    troubles: [
      ...rolling,
      `${product} decides how many replicas there are and replaces them, not the platform`,
    ],
    replicas,
  };
}

function reason(because: string | undefined): string {
  return because === undefined ? '' : `: ${because}`;
}

function failedLaunch([latest]: readonly GroupActivity[]): readonly string[] {
  return latest?.status === 'failed'
    ? [`the last thing that it did failed: ${latest.text}: ${latest.because}`]
    : [];
}

function lookOf(
  { name, phase, zone, isHealthy, isProtected, isOutdated, lifecycle }: GroupInstance,
  number: number,
): ReplicaLook {
  return {
    name,
    cloud: '',
    number,
    phase,
    vm: vmStates[phase] ?? 'running',
    isProtected,
    isOutdated,
    ...(zone === undefined ? {} : { zone }),
    ...(isHealthy ? {} : { because: `unhealthy (${lifecycle})` }),
  };
}

const vmStates: Partial<Record<GroupInstance['phase'], ReplicaLook['vm']>> = {
  booting: 'creating',
  failed: 'failed',
  unknown: 'unknown',
};

/** Why there are as many replicas as there are, in the engine's own words, the newest first. */
export function nativeEvaluations(
  { infrastructureId, serviceId }: Group,
  { product, group }: NativeLook,
): readonly Omit<StoredEvaluation, 'snapshot'>[] {
  return group.activities.map(({ at, text, because, status }) => ({
    infrastructureId,
    serviceId,
    isDecision: true,
    evaluation: {
      at,
      ...sizesOf(because, group.desired),
      verdict: `${product}: ${text}${status === 'done' ? '' : ` (${status})`}`,
      findings: because === '' ? [] : [{ rule: product, text: because, values: { status } }],
    },
  }));
}

/** "... increasing the capacity from 1 to 2." */
function sizesOf(because: string, desired: number) {
  const [, from, to] = /capacity from (\d+) to (\d+)/.exec(because) ?? [];
  return { desiredBefore: Number(from ?? desired), desiredAfter: Number(to ?? desired) };
}

/** What the engine did, oldest first. `sequence` grows with time, and stays what it is for as long as it is told. */
export function nativeEvents({ group }: NativeLook): readonly StoredEvent[] {
  let last = 0;
  return group.activities.toReversed().map(({ at, text, because, status }): StoredEvent => {
    last = Math.max(at, last + 1);
    const kind = status === 'failed' ? 'launch-failed' : 'scale';
    return { sequence: last, at, kind, text: because === '' ? text : `${text} ${because}` };
  });
}
