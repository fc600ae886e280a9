/** What plugins/trencadis_events.py says, one JSON object a line. */
export type AnsibleEvent =
  | { readonly event: 'play'; readonly name: string }
  | { readonly event: 'task'; readonly task: string }
  | { readonly event: 'no-hosts' }
  | TaskOutcome;

export interface TaskOutcome {
  readonly event: 'outcome';
  readonly outcome: 'ok' | 'changed' | 'skipped' | 'failed' | 'ignored' | 'unreachable' | 'retrying';
  readonly host: string;
  readonly task: string;
  readonly message: string;
  /** What the task's program said, its last 4000 characters. */
  readonly output: string;
  /** It was for another machine than `host`. */
  readonly isDelegated: boolean;
  /** Of a loop: the items that failed. */
  readonly items?: readonly { readonly item: string; readonly message: string; readonly output: string }[];
}

/** `undefined` for a line that is not the plugin's. */
export function parseEvent(line: string): AnsibleEvent | undefined {
  if (!line.startsWith('{"event": ')) return undefined;
  return JSON.parse(line) as AnsibleEvent;
}

const maxOutputLines = 20;

/** One line of live output, `host: task: outcome`, and what a failure said. */
export function describeEvent(event: AnsibleEvent): string {
  if (event.event === 'play') return `play ${event.name}`;
  if (event.event === 'task') return `task ${event.task}`;
  if (event.event === 'no-hosts') return 'this play is for other machines';
  const line = `${event.host}: ${event.task}: ${event.outcome}`;
  return isBad(event) ? `${line}: ${reasonOf(event)}` : line;
}

const isBad = ({ outcome }: TaskOutcome): boolean =>
  outcome === 'failed' || outcome === 'unreachable' || outcome === 'ignored';

/** The message of a failed task, its failed items and the end of its output. */
export function reasonOf({ message, output, items = [] }: Omit<TaskOutcome, 'event'>): string {
  const each = items.map((item) => `${item.item}: ${item.message}\n${item.output}`.trim());
  const said = output.split('\n').slice(-maxOutputLines).join('\n');
  return [message, ...each, said]
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .join('\n');
}
