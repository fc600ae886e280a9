import { styleText } from 'node:util';
import type { InfrastructureView, StatusView } from '@trencadis/infrastructure/client';

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

export function printList(infrastructures: readonly InfrastructureView[]): string {
  if (infrastructures.length === 0)
    return 'No infrastructure is deployed. Deploy one: trencadis deploy FILE.radl\n';
  return infrastructures.map(({ name, id, createdAt }) => `${name}  ${id}  since ${createdAt}\n`).join('');
}
