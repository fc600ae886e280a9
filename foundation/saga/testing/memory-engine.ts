import type { DurableEngine, DurableSteps, SagaWorkflow } from '../durable-steps.ts';
import { SagaHalted } from '../journal.ts';

interface WorkflowRecord {
  readonly planId: string;
  readonly checkpoints: Map<number, { readonly name: string; readonly result: unknown }>;
  hasEnded: boolean;
}

/** What the engine of a process that died leaves behind. */
export type MemoryCheckpoints = Map<string, WorkflowRecord>;

/** A durable engine in memory, with DBOS's rules: numbers in call order, results recorded, replay by number and name. */
export function createMemoryEngine(records: MemoryCheckpoints): DurableEngine {
  let workflow: SagaWorkflow | undefined;
  const running = new Set<Promise<void>>();
  const runToEnd = async (record: WorkflowRecord): Promise<void> => {
    try {
      await workflow?.(record.planId, stepsOf(record));
      record.hasEnded = true;
    } catch (error) {
      if (!(error instanceof SagaHalted)) throw error;
    }
  };
  const run = (record: WorkflowRecord) => running.add(runToEnd(record));
  return {
    launch: (given) => {
      workflow = given;
      for (const record of records.values()) if (!record.hasEnded) run(record);
      return Promise.resolve();
    },
    start: (workflowId, planId) => {
      if (!records.has(workflowId)) {
        const record = { planId, checkpoints: new Map(), hasEnded: false };
        records.set(workflowId, record);
        run(record);
      }
      return Promise.resolve();
    },
    resumeUnfinished: (planId) => {
      const unfinished = [...records.values()].filter(
        (record) => record.planId === planId && !record.hasEnded,
      );
      for (const record of unfinished) run(record);
      return Promise.resolve(unfinished.length > 0);
    },
    close: async () => {
      await Promise.all(running);
    },
  };
}

function stepsOf({ checkpoints }: WorkflowRecord): DurableSteps {
  let count = 0;
  return {
    runStep: async <Result>(name: string, body: () => Promise<Result>): Promise<Result> => {
      const number = count;
      count += 1;
      const checkpoint = checkpoints.get(number);
      if (checkpoint !== undefined) {
        if (checkpoint.name !== name)
          throw new Error(`step ${number} was '${checkpoint.name}' and is now '${name}'`);
        return checkpoint.result as Result;
      }
      const result = await body();
      checkpoints.set(number, { name, result });
      return result;
    },
  };
}
