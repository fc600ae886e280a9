import type { Plan } from '@trencadis/infrastructure';
import type { StepEvent } from '@trencadis/saga';

/** What IM calls the contextualization message. */
export interface ContextualizationMessages {
  /** Of the whole infrastructure: its machines, and when their contextualization began and ended. */
  readonly header: string;
  /** By name of the VM, what its recipes printed. */
  readonly byVm: ReadonlyMap<string, string>;
}

const rule = '*'.repeat(47);

/** From the log of a plan: one line an event, with its time, and between them what Ansible or Puppet printed. */
export function composeMessages(
  { steps }: Pick<Plan, 'steps'>,
  events: readonly StepEvent[],
): ContextualizationMessages {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const header: string[] = [];
  const byVm = new Map<string, string[]>();
  for (const event of events) {
    const step = byId.get(event.stepId);
    const [, vmName] = /^configure-vm:([^:]+):/.exec(event.stepId) ?? [];
    const line = step && lineOf(event, step.title);
    if (line === undefined) continue;
    if (vmName === undefined) header.push(line);
    else linesOf(byVm, vmName).push(line);
  }
  return {
    header: textOf(header),
    byVm: new Map([...byVm].map(([name, lines]) => [name, textOf(lines)])),
  };
}

/** All of it, with the VMs by their ids. */
export function printMessages(
  { header, byVm }: ContextualizationMessages,
  vms: readonly { readonly id: number; readonly name: string }[],
): string {
  const parts = vms.flatMap(({ id, name }) => {
    const text = byVm.get(name);
    return text === undefined ? [] : [`VM ${id}:\n${text}${rule}\n`];
  });
  return header + parts.join('');
}

function linesOf(byVm: Map<string, string[]>, name: string): string[] {
  const lines = byVm.get(name) ?? [];
  byVm.set(name, lines);
  return lines;
}

function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

const outcomes: Readonly<Partial<Record<StepEvent['kind'], string>>> = {
  started: 'begins',
  succeeded: 'done',
  failed: 'FAILED',
  skipped: 'skipped',
};

function lineOf({ kind, at, text }: StepEvent, title: string): string | undefined {
  if (kind === 'progress') return text;
  const outcome = outcomes[kind];
  if (outcome === undefined) return undefined;
  const because = text === undefined ? '' : `: ${text}`;
  return `${timeOf(at)}: ${title}: ${outcome}${because}`;
}

/** `2026-01-31 12:00:00.123`, UTC. */
function timeOf(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '');
}
