import type { DurableEngine, SagaWorkflow } from '../durable-engine.ts';
import { SagaHalted } from '../journal.ts';

interface WorkflowRecord {
  readonly planId: string;
  hasEnded: boolean;
}

/** What the engine of a process that died leaves behind: workflows by their id. */
export type MemoryWorkflows = Map<string, WorkflowRecord>;

/** A durable engine in memory, with DBOS's rules: an id starts once, what has not ended runs again at launch. */
export function createMemoryEngine(records: MemoryWorkflows): DurableEngine {
  let workflow: SagaWorkflow | undefined;
  const running = new Set<Promise<void>>();
  const runToEnd = async (record: WorkflowRecord): Promise<void> => {
    try {
      await workflow?.(record.planId);
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
        const record = { planId, hasEnded: false };
        records.set(workflowId, record);
        run(record);
      }
      return Promise.resolve();
    },
    adopt: () => Promise.resolve(),
    resumeUnfinished: (prefix) => {
      const unfinished = [...records].filter(([id, { hasEnded }]) => id.startsWith(prefix) && !hasEnded);
      for (const [, record] of unfinished) run(record);
      return Promise.resolve(unfinished.length > 0);
    },
    close: async () => {
      await Promise.all(running);
    },
  };
}
