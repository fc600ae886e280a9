import { type TaskOutcome, describeEvent, parseEvent } from './events.ts';
import { jobPath } from './job-folder.ts';
import { runFailure } from './run-failure.ts';
import { runInSandbox } from './sandbox.ts';

export interface PlaybookRun {
  readonly vmName: string;
  readonly program: string;
  /** Of the host. */
  readonly folder: string;
  /** Names in the folder. */
  readonly playbooks: readonly string[];
  readonly signal: AbortSignal;
  readonly scrub: (text: string) => string;
  readonly onLine: (line: string) => void;
}

/** What is known of a run while it goes on. */
export interface Progress {
  /** The task that was begun last. */
  task?: string;
}

/** Runs the playbooks in their order against the one VM; throws with the task that failed. */
export async function runPlaybooks(run: PlaybookRun, progress: Progress): Promise<void> {
  const { program, folder, playbooks, signal, scrub } = run;
  let last: TaskOutcome | undefined;
  const onLine = (line: string, stream: 'stdout' | 'stderr'): void => {
    const event = stream === 'stdout' ? parseEvent(line) : undefined;
    if (event?.event === 'task') progress.task = event.task;
    if (event?.event === 'outcome' && isFailure(event)) last = event;
    const text = event ? describeEvent(event) : line;
    for (const each of scrub(text).split('\n')) if (each.trim() !== '') run.onLine(each);
  };
  const paths = playbooks.map((name) => `${jobPath}/${name}`);
  const argv = [program, '--limit', run.vmName, '--', ...paths] as const;
  const result = await runInSandbox(argv, { folder, signal, onLine });
  if (result.exitCode !== 0) throw runFailure(result, { vmName: run.vmName, scrub, last });
}

const isFailure = ({ outcome }: TaskOutcome): boolean => outcome === 'failed' || outcome === 'unreachable';
