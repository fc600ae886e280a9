import type { EventView, InfrastructureClient, PlanView } from '@trencadis/infrastructure/client';
import { Listr, PRESET_TIMER } from 'listr2';

type Ending = 'succeeded' | 'failed' | 'skipped';

/** Where one step of a running plan has got to, fed by the plan's events. */
class StepProgress {
  readonly title: string;
  readonly #started = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<Ending>();
  #onLine: (line: string) => void = () => undefined;
  #error = '';

  constructor(title: string) {
    this.title = title;
  }

  take({ kind, text = '' }: EventView): void {
    if (kind === 'started') this.#started.resolve();
    if (kind === 'progress') this.#onLine(text);
    if (kind === 'failed') this.#error = text;
    if (kind === 'succeeded' || kind === 'failed' || kind === 'skipped') this.end(kind);
  }

  /** Does nothing to a step that has ended. */
  end(ending: Ending): void {
    this.#started.resolve();
    this.#ended.resolve(ending);
  }

  /** Passes lines on as they come; throws the error of a step that failed. */
  async watch(onLine: (line: string) => void): Promise<Exclude<Ending, 'failed'>> {
    this.#onLine = onLine;
    await this.#started.promise;
    const ending = await this.#ended.promise;
    if (ending === 'failed') throw new Error(this.#error);
    return ending;
  }
}

/** Shows a running plan as a live tree, or as plain lines where there is no terminal, until the plan ends. */
export async function showSteps(client: InfrastructureClient, plan: PlanView): Promise<void> {
  const steps = new Map(plan.steps.map(({ id, title }) => [id, new StepProgress(title)]));
  const undone: string[] = [];
  const following = followEvents(client, plan, (event) => {
    const step = steps.get(event.stepId);
    step?.take(event);
    if (event.kind === 'undone') undone.push(`  undone: ${step?.title}\n`);
    if (event.kind === 'undo-failed') undone.push(`  NOT undone: ${step?.title}: ${event.text}\n`);
  }).finally(() => {
    for (const step of steps.values()) step.end('skipped');
  });
  await showTree([...steps.values()]);
  await following;
  process.stdout.write(undone.join(''));
}

async function showTree(steps: readonly StepProgress[]): Promise<void> {
  const tasks = steps.map((step) => ({
    title: step.title,
    task: async (_: unknown, task: { output: string; skip: (message: string) => void }) => {
      const ending = await step.watch((line) => {
        task.output = line;
      });
      if (ending === 'skipped') task.skip(`${step.title} (not begun)`);
    },
  }));
  const timed = { timer: PRESET_TIMER };
  const options = {
    concurrent: true,
    exitOnError: false,
    rendererOptions: timed,
    fallbackRendererOptions: timed,
  };
  await new Listr(tasks, options).run();
}

/** Every event of the plan until it ends. */
export async function followEvents(
  client: InfrastructureClient,
  plan: Pick<PlanView, 'id'>,
  onEvent: (event: EventView) => void,
): Promise<void> {
  for await (const event of client.followPlan({ params: { planId: plan.id }, query: {} })) onEvent(event);
}
