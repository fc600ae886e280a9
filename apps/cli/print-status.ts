import { styleText } from 'node:util';
import type { StatusView } from '@trencadis/infrastructure/client';

/** One infrastructure for a person: phase, conditions, VMs with addresses and endpoints, the failed steps if any. */
export function printStatus({ infrastructure, phase, conditions, vms, lastPlan }: StatusView): string {
  const colour = phase === 'deployed' ? 'green' : 'yellow';
  const failed = (lastPlan?.steps ?? []).filter(
    (step) => step.state === 'failed' || step.state === 'undo-failed' || step.error !== undefined,
  );
  return [
    `${styleText('bold', infrastructure.name)} (${infrastructure.id}): ${styleText(colour, phase)}`,
    ...conditions.map(({ type, status, reason }) => `  ${type}: ${status} (${reason})`),
    ...vms.flatMap(printVm),
    ...failed.map(({ title, error }) => `  failed: ${title}: ${error ?? ''}`),
    '',
  ].join('\n');
}

function printVm({
  name,
  systemId,
  status,
  isConfigured,
  addresses,
  endpoints,
  failure,
}: StatusView['vms'][number]): string[] {
  const where = Object.entries(addresses).map(([network, address]) => `${network} ${address}`);
  return [
    `  ${name} (${systemId}): ${status}${isConfigured ? ', configured' : ''}${where.length > 0 ? `; ${where.join(', ')}` : ''}`,
    ...(failure === undefined ? [] : [`    ${failure}`]),
    ...endpoints.map((endpoint) => `    ${endpoint}`),
  ];
}

export function printList(statuses: readonly StatusView[]): string {
  if (statuses.length === 0) return 'No infrastructure is deployed. Deploy one: trencadis deploy FILE.radl\n';
  const line = ({ infrastructure, phase, vms }: StatusView) =>
    `${infrastructure.name}  ${phase}  ${vms.length} VMs  since ${infrastructure.createdAt}  (${infrastructure.id})\n`;
  return statuses.map(line).join('');
}
