import type { PlanView } from '@trencadis/infrastructure/client';

type Step = PlanView['steps'][number];

/** What happens to things, in the order in which it is shown. */
export const changes = ['create', 'change', 'replace', 'delete', 'run'] as const;
export type Change = (typeof changes)[number];

/** Steps that do the same to equal things of one system: "create VM node 1-1000 (1 CPU, 512 MiB)". */
export interface PlannedChange {
  readonly change: Change;
  readonly text: string;
  readonly count: number;
}

export interface PlanSummary {
  readonly changes: readonly PlannedChange[];
  /** Of VMs, disks and networks. */
  readonly counts: Readonly<Record<'create' | 'change' | 'replace' | 'delete', number>>;
  /** What is done on machines, by verb ("configure", "start", ...), in the order of its first step. */
  readonly runs: Readonly<Record<string, number>>;
}

/** Which changes a plan makes. Steps that only wait, and those that are a part of a replacement, are no changes. */
export function summarizePlan(plan: Pick<PlanView, 'steps' | 'infrastructureId'>): PlanSummary {
  const replacements = replacementsOf(plan.steps);
  const removed = new Set(replacements.values());
  const groups = new Map<string, Group>();
  const counts = { create: 0, change: 0, replace: 0, delete: 0 };
  const runs: Record<string, number> = {};
  for (const step of plan.steps) {
    if (removed.has(step.id) || isWaiting(step)) continue;
    const change = replacements.has(step.id) ? 'replace' : changeOf(step);
    addToGroup(groups, describeStep(step, change, plan), change);
    if (change === 'run') runs[verbOf(step)] = (runs[verbOf(step)] ?? 0) + 1;
    else if (!step.kind.startsWith('forget-')) counts[change] += 1;
  }
  const found = [...groups.values()];
  return {
    changes: changes.flatMap((change) => found.filter((each) => each.change === change).map(textOfGroup)),
    counts,
    runs,
  };
}

/** Ids of steps that make a VM again, with the step that removes it before: `delete-vm:NAME@VMM`. */
function replacementsOf(steps: readonly Step[]): ReadonlyMap<string, string> {
  const deletions = new Map(
    steps.filter(({ kind }) => kind.startsWith('delete-vm@')).map((step) => [step.id, nameOf(step)]),
  );
  return new Map(
    steps
      .filter(({ kind }) => kind.startsWith('create-vm@'))
      .flatMap((step) => {
        const deletion = step.after.find((id) => deletions.get(id) === nameOf(step));
        return deletion === undefined ? [] : [[step.id, deletion] as const];
      }),
  );
}

const isWaiting = ({ kind }: Step) => /^(await-|barrier@|adopt-)/.test(kind);

function changeOf({ kind }: Step): Exclude<Change, 'replace'> {
  if (kind.startsWith('create-')) return 'create';
  if (kind.startsWith('update-')) return 'change';
  return kind.startsWith('delete-') || kind.startsWith('forget-') ? 'delete' : 'run';
}

/** `configure-vm@2` -> `configure`. */
function verbOf({ kind }: Step): string {
  return kind.split(/[-@]/)[0] ?? kind;
}

/** Step ids are `KIND:NAME@VMM`, `KIND:NAME` or `KIND:NAME:MORE`. */
function nameOf({ id }: Step): string {
  return id.split(':')[1]?.split('@')[0] ?? '';
}

/** Key of the VM manager where a step acts, where it says so. */
export function vmmOf({ args }: Step): string | undefined {
  if (typeof args !== 'object' || args === null || !('vmm' in args)) return undefined;
  return typeof args.vmm === 'string' ? args.vmm : undefined;
}

interface Described {
  /** The title around the number of the thing: equal ones make a group. */
  readonly before: string;
  readonly after: string;
  readonly number: number | undefined;
}

function describeStep(
  step: Step,
  change: Change,
  { infrastructureId }: Pick<PlanView, 'infrastructureId'>,
): Described {
  const name = nameOf(step);
  const title = change === 'replace' ? step.title.replace(/^create/, 'replace') : step.title;
  const place = placeText(vmmOf(step));
  if (name === '' || !title.includes(name)) return { before: title, after: place, number: undefined };
  const [head = '', ...tail] = title.split(name);
  const { label, number, more } = partsOf(shortName(name, infrastructureId));
  return { before: `${head}${label}`, after: `${more}${tail.join(label)}${place}`, number };
}

const placeText = (vmm: string | undefined) => (vmm === undefined ? '' : ` at ${vmm}`);

/** Without the infrastructure's id, which all its things begin with. */
export function shortName(name: string, infrastructureId: string): string {
  return name.startsWith(`${infrastructureId}-`) ? name.slice(infrastructureId.length + 1) : name;
}

/** `node-7` is number 7 of `node`; `node-7-disk1` is a disk of it. */
function partsOf(name: string) {
  const [, label = name, number, more = ''] = /^(.+)-(\d+)(-disk\d+)?$/.exec(name) ?? [];
  return { label, number: number === undefined ? undefined : Number(number), more: more.replace('-', ' ') };
}

interface Group extends Described {
  readonly change: Change;
  readonly numbers: number[];
  count: number;
}

function addToGroup(groups: Map<string, Group>, described: Described, change: Change): void {
  const key = JSON.stringify([change, described.before, described.after, described.number === undefined]);
  const group = groups.get(key) ?? { ...described, change, numbers: [], count: 0 };
  groups.set(key, group);
  group.count += 1;
  if (described.number !== undefined) group.numbers.push(described.number);
}

function textOfGroup({ before, after, numbers, change, count }: Group): PlannedChange {
  const which = numbers.length > 0 ? ` ${rangesOf(numbers)}` : '';
  return { change, count, text: `${before}${which}${after}` };
}

/** `1 2 3 7` -> `1-3,7`. */
export function rangesOf(numbers: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const number of numbers.toSorted((one, other) => one - other)) {
    const range = ranges.at(-1);
    if (range && number <= range[1] + 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}
