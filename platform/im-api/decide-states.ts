import type { Infrastructure, InfrastructureStatus, StepView, VmStatusView } from '@trencadis/infrastructure';

/** The states of IM's API (spec im-api, "States"). */
export type ImState =
  | 'pending'
  | 'running'
  | 'configured'
  | 'unconfigured'
  | 'stopped'
  | 'off'
  | 'failed'
  | 'unknown'
  | 'deleting';

export interface ImStates {
  readonly state: ImState;
  /** By the id of the VM. */
  readonly vms: ReadonlyMap<string, ImState>;
}

/** What is known of an infrastructure in IM's words; without a status its VM managers do not answer. */
export function decideStates(
  infrastructure: Pick<Infrastructure, 'members' | 'isDestroyRequested'>,
  status: InfrastructureStatus | undefined,
): ImStates {
  const { members, isDestroyRequested } = infrastructure;
  if (isDestroyRequested) return { state: 'deleting', vms: eachOf(members, () => 'deleting') };
  if (status === undefined) return { state: 'unknown', vms: eachOf(members, () => 'unknown') };
  const isRunning = isUnderWay(status);
  const steps = Map.groupBy(status.lastPlan?.steps ?? [], ({ id }) => vmOfStep(id));
  const views = new Map(status.vms.map((view) => [view.ordinal, view]));
  const vms = eachOf(members, ({ ordinal }) => {
    const view = views.get(ordinal);
    return view ? stateOfVm(view, { steps: steps.get(view.name) ?? [], isRunning }) : 'unknown';
  });
  return { state: vms.size > 0 ? foldStates([...vms.values()]) : stateOfEmpty(status), vms };
}

function eachOf(
  members: Infrastructure['members'],
  stateOf: (member: Infrastructure['members'][number]) => ImState,
): ImStates['vms'] {
  return new Map(members.map((member) => [String(member.ordinal), stateOf(member)]));
}

function isUnderWay({ lastPlan }: InfrastructureStatus): boolean {
  return lastPlan?.saga === 'running' || lastPlan?.saga === 'undoing';
}

function stateOfEmpty(status: InfrastructureStatus): ImState {
  if (status.phase === 'failed' || status.phase === 'stuck') return 'failed';
  return isUnderWay(status) ? 'pending' : 'configured';
}

/** `configure-vm:NAME:stage`, `create-vm:NAME@VMM`. */
function vmOfStep(id: string): string {
  return /^[a-z-]+:([^:@]+)/.exec(id)?.[1] ?? '';
}

interface VmWork {
  readonly steps: readonly StepView[];
  readonly isRunning: boolean;
}

function stateOfVm({ status, isStopped, isConfigured }: VmStatusView, work: VmWork): ImState {
  if (status === 'creating') return 'pending';
  if (status === 'absent') return stateOfAbsent(isStopped, work);
  return status === 'running' ? stateOfRunning(isConfigured, work) : status;
}

function stateOfAbsent(isStopped: boolean, { steps, isRunning }: VmWork): ImState {
  const creation = steps.find(({ id }) => id.startsWith('create-vm:'));
  if (creation !== undefined && isRunning && isAhead(creation)) return 'pending';
  if (creation !== undefined && hasFailed(creation)) return 'failed';
  return isStopped ? 'stopped' : 'off';
}

function stateOfRunning(isConfigured: boolean, { steps, isRunning }: VmWork): ImState {
  const contextualization = steps.filter(({ id }) => /^(await-shell|mount-disks|configure-vm):/.test(id));
  if (contextualization.some(hasFailed) && !isConfigured) return 'unconfigured';
  if (isRunning && contextualization.some(isAhead)) return 'running';
  return isConfigured ? 'configured' : 'unconfigured';
}

function isAhead({ state }: StepView): boolean {
  return state === 'waiting' || state === 'running';
}

function hasFailed({ state }: StepView): boolean {
  return state === 'failed' || state === 'skipped';
}

/** What matters most first: an infrastructure is `stopped` when nothing of it is on. */
const ranking: readonly ImState[] = [
  'deleting',
  'failed',
  'unknown',
  'pending',
  'running',
  'unconfigured',
  'off',
  'configured',
  'stopped',
];

/** Of an infrastructure with those VMs, whatever their order. */
export function foldStates(states: readonly ImState[]): ImState {
  return ranking.find((state) => states.includes(state)) ?? 'pending';
}
