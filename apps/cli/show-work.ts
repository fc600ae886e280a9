import { systemClock } from '@trencadis/clock';
import { toPlatformError } from '@trencadis/errors';
import { type Terminal, showSteps } from './show-steps.ts';

export interface Task {
  readonly title: string;
  /** `say`: its last line of progress. */
  run(say: (line: string) => void): Promise<unknown>;
}

/** Does the tasks one after the other on this host, shown as a plan is; the first that fails ends it with its error. */
export async function showWork(
  title: string,
  tasks: readonly Task[],
  terminal: Terminal = process.stdout,
): Promise<void> {
  const steps = tasks.map((task, at) => ({
    id: String(at),
    title: task.title,
    after: at > 0 ? [String(at - 1)] : [],
  }));
  const display = showSteps({ title, steps }, terminal, systemClock);
  let sequence = 0;
  const tell = (stepId: string, kind: string, text = '') => {
    sequence += 1;
    display.take({ sequence, stepId, kind, text, at: systemClock.now().toISOString() });
  };
  try {
    for (const [at, task] of tasks.entries())
      await runTask(task, (kind, text) => tell(String(at), kind, text));
  } finally {
    display.close();
  }
}

async function runTask(task: Task, tell: (kind: string, text?: string) => void): Promise<void> {
  tell('started');
  try {
    await task.run((line) => tell('progress', line));
  } catch (error) {
    tell('failed', toPlatformError(error).message);
    throw error;
  }
  tell('succeeded');
}
