import { styleText } from 'node:util';
import type { PlanView } from '@trencadis/infrastructure/client';
import { type Change, type PlanSummary, summarizePlan } from './summarize-plan.ts';

const signs: Readonly<
  Record<Change, readonly [sign: string, colour: 'green' | 'red' | 'yellow' | 'magenta' | 'cyan']>
> = {
  create: ['+', 'green'],
  change: ['~', 'yellow'],
  replace: ['-/+', 'magenta'],
  delete: ['-', 'red'],
  run: ['>', 'cyan'],
};
const legend = '+ create   ~ change in place   -/+ replace   - delete   > run';
const hoursPerMonth = 730;

/** The plan for a person: what happens to what, which images and places were chosen and why, cost, quotas. */
export function printPlan(plan: PlanView): string {
  if (plan.steps.length === 0) return `Nothing to do: everything is as asked for.\n${leaseLine(plan)}`;
  const summary = summarizePlan(plan);
  const title = styleText('bold', `Plan ${plan.id} (${plan.kind}, ${plan.steps.length} steps)`);
  // Where no VM is made, nothing was chosen.
  const makesVms = plan.steps.some(({ kind }) => kind.startsWith('create-vm@'));
  const sections = [
    section(`${title}   ${styleText('dim', legend)}`, summary.changes.map(changeLine)),
    section('Images:', makesVms ? plan.images.flatMap(imageLines) : []),
    section('Places:', makesVms ? plan.placements.flatMap(placementLines) : []),
    section('Quotas:', plan.quotas.map(quotaLine)),
    costLine(plan.cost),
    leaseLine(plan),
    `${styleText('bold', countsLine(summary))}\n`,
  ];
  return sections.filter((each) => each !== '').join('\n');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${title}\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function changeLine({ change, text }: PlanSummary['changes'][number]): string {
  const [sign, colour] = signs[change];
  return `${styleText(colour, sign.padStart(3))} ${text}`;
}

function imageLines({ systemId, vmiName, vmm, verdicts }: PlanView['images'][number]): string[] {
  const at = vmm === undefined ? '' : ` at ${vmm}`;
  return [
    `${systemId} boots "${vmiName}"${at}`,
    ...verdicts.map(({ holds, because }) => `  ${holds ? '✓' : '·'} ${because}`),
  ];
}

function placementLines({ systemIds, vmm, because, others }: PlanView['placements'][number]): string[] {
  return [
    `${systemIds.join(', ')} at ${vmm}: ${because}`,
    ...others.map((other) => `  · ${other.isPossible ? 'else' : 'not'} ${other.vmm}: ${other.because}`),
  ];
}

const units = { vms: 'VMs', cpuCount: 'CPUs', memoryMiB: 'MiB of memory' } as const;

function quotaLine({ whose, what, used, asked, limit }: PlanView['quotas'][number]): string {
  const total = used + asked;
  const line = `${whose}: ${used} + ${asked} of ${limit} ${units[what]}`;
  return total > limit ? `${styleText('red', line)}: ${total - limit} too many` : line;
}

function costLine(cost: PlanView['cost']): string {
  if (cost === undefined) return '';
  const { currency, perHour, unpriced } = cost;
  const month = (perHour * hoursPerMonth).toFixed(2);
  const more = unpriced.length > 0 ? `; without ${unpriced.join(', ')}, where no price is known` : '';
  return `Cost while it runs: ${perHour.toFixed(4)} ${currency} an hour, ${month} a month${more}\n`;
}

function leaseLine({ expiresAt }: PlanView): string {
  if (expiresAt === undefined) return '';
  return `Lease once applied: ${expiresAt === null ? 'none' : `until ${expiresAt}, then it is destroyed`}\n`;
}

/** "Plan: 3 to create, 1 to change in place, 0 to replace, 0 to delete; 3 to configure". */
export function countsLine({ counts, runs }: PlanSummary): string {
  const { create, change, replace } = counts;
  const things = `${create} to create, ${change} to change in place, ${replace} to replace, ${counts.delete} to delete`;
  const verbs = Object.entries(runs).map(([verb, count]) => `${count} to ${verb}`);
  return `Plan: ${[things, ...(verbs.length > 0 ? [verbs.join(', ')] : [])].join('; ')}`;
}
