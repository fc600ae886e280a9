import { styleText } from 'node:util';
import type { InfrastructureView, ListedView, StatusView } from '@trencadis/infrastructure/client';
import { plainText } from './draw-board.ts';
import { printTable } from './print-table.ts';
import { shortName } from './summarize-plan.ts';

type Vm = StatusView['vms'][number];

export interface StatusOptions {
  /** Of a system with more VMs, only so many are shown, those that are not as they shall be first. */
  readonly mostVms?: number;
}

/** One infrastructure for a person: phase, conditions, VMs by system, the last plan, lease and shares. */
export function printStatus(status: StatusView, { mostVms = Infinity }: StatusOptions = {}): string {
  const { infrastructure, phase, conditions, vms } = status;
  const colour = phase === 'deployed' ? 'green' : 'yellow';
  const bySystem = Map.groupBy(vms, ({ systemId }) => systemId);
  return [
    `${styleText('bold', infrastructure.name)} (${infrastructure.id}): ${styleText(colour, phase)}`,
    ...conditions.map(({ type, status: is, reason }) => `  ${type}: ${is} (${reason})`),
    ...[...bySystem.values()].flatMap((ofSystem) => systemLines(infrastructure, ofSystem, mostVms)),
    ...lastPlanLines(status),
    ...printTerms(infrastructure).map((line) => `  ${line}`),
    '',
  ].join('\n');
}

function systemLines({ id, name }: InfrastructureView, vms: readonly Vm[], mostVms: number): string[] {
  const states = Map.groupBy(vms, stateOf);
  const counts = [...states].map(([state, those]) => `${those.length} ${state}`).join(', ');
  const lines = [`  ${styleText('bold', vms[0]?.systemId ?? '')}: ${counts}`];
  if (vms.length <= mostVms) return [...lines, ...vmLines(id, vms)];
  const worstFirst = vms.toSorted((one, other) => Number(isWell(one)) - Number(isWell(other)));
  const more = `    ... and ${vms.length - mostVms} more: trencadis status ${name}`;
  return [...lines, ...vmLines(id, worstFirst.slice(0, mostVms)), more];
}

function isWell({ status, isStopped, isConfigured }: Vm): boolean {
  return isStopped ? status === 'stopped' || status === 'absent' : status === 'running' && isConfigured;
}

/** Columns: IM's number, name, VM manager, state, addresses, instance type and zone; below, endpoints and what is wrong. */
function vmLines(infrastructureId: string, vms: readonly Vm[]): string[] {
  const rows = vms.map((vm) => [
    `    ${String(vm.ordinal).padStart(3)}`,
    shortName(vm.name, infrastructureId),
    vm.vmm,
    stateOf(vm),
    Object.entries(vm.addresses)
      .map(([network, address]) => `${network} ${reachedAt(address, vm.publicAddresses?.[network])}`)
      .join(', '),
    [vm.instanceType, vm.zone].filter((each) => each !== undefined).join(', '),
  ]);
  const lines = printTable(rows).split('\n');
  return vms.flatMap(({ endpoints, failure }, at) => [
    lines[at] ?? '',
    ...endpoints.map((endpoint) => `        ${endpoint}`),
    ...(failure === undefined ? [] : [`        ${styleText('red', plainText(failure))}`]),
  ]);
}

function reachedAt(address: string, publicAddress: string | undefined): string {
  return publicAddress === undefined ? address : `${publicAddress} (${address})`;
}

function stateOf({ status, isStopped, isConfigured }: Vm): string {
  if (isStopped) return status === 'stopped' || status === 'absent' ? 'off' : `${status}, shall be off`;
  return status === 'running' && isConfigured ? 'running, configured' : status;
}

function lastPlanLines({ lastPlan }: StatusView): string[] {
  if (lastPlan === undefined) return [];
  const { id, kind, saga, steps } = lastPlan;
  const failed = steps.filter(
    ({ state, error }) => state === 'failed' || state === 'undo-failed' || error !== undefined,
  );
  const done = steps.filter(({ state }) => state === 'succeeded').length;
  const progress = saga === 'running' || saga === 'undoing' ? ` (${done} of ${steps.length} steps done)` : '';
  return [
    `  last plan: ${id} (${kind}) ${saga}${progress}`,
    ...failed.map(({ title, error = '' }) => `    failed: ${title}: ${plainText(error)}`),
  ];
}

/** Whose it is, and until when. */
export function printTerms({ owner, expiresAt, shares }: InfrastructureView): string[] {
  return [
    `owner: ${owner}`,
    ...(expiresAt === undefined ? [] : [`lease: until ${expiresAt}, then it is destroyed`]),
    ...shares.map(({ group, right }) => `shared: group ${group} may ${right}`),
  ];
}

export function printList(infrastructures: readonly ListedView[]): string {
  if (infrastructures.length === 0)
    return 'No infrastructure is deployed. Deploy one: trencadis deploy FILE.radl\n';
  const rows = infrastructures.map(({ id, name, phase, vmCount, vmms, createdAt, expiresAt }) => [
    name,
    phase,
    `${vmCount} VMs`,
    vmms.join(','),
    `since ${createdAt}`,
    expiresAt === undefined ? '' : `until ${expiresAt}`,
    `(${id})`,
  ]);
  return printTable(rows);
}
