import { styleText } from 'node:util';
import type { DriftReportView, InfrastructureView } from '@trencadis/infrastructure/client';

export interface InfrastructureDrift extends DriftReportView {
  readonly infrastructure: InfrastructureView;
}

/** What is not as its document says, for a person: what and where, expected and observed, and what mends it. */
export function printDrift({ infrastructure, condition, drift }: InfrastructureDrift): string {
  const { status, reason } = condition;
  const name = styleText('bold', infrastructure.name);
  if (status === 'unknown') return `${name}: it cannot be told now (${reason})\n`;
  if (drift.length === 0) return `${name}: ${styleText('green', 'as its document says')}\n`;
  const remedies = [...new Set(drift.filter(({ isRepaired }) => !isRepaired).map(({ remedy }) => remedy))];
  return [
    `${name}: ${styleText('yellow', `${drift.length} ${drift.length === 1 ? 'thing differs' : 'things differ'}`)}`,
    ...drift.flatMap(({ kind, subject, vmm, expected, observed, isRepaired }) => [
      `  ${kind}  ${subject} at ${vmm}${isRepaired ? ': the platform repairs it' : ''}`,
      `    expected ${expected}; observed ${observed}`,
    ]),
    ...remedies.map((remedy) => `  Mend it: ${remedy}`),
    '',
  ].join('\n');
}
