import type { PlanId } from '@trencadis/ids';
import type { ZodType } from 'zod';

/** What a plan step does. `Context` is what steps get to work with (drivers, clock, log); they share nothing else. */
export interface StepKind<Context, Args> {
  /** With its version, for example `create-vm@1`: versions run side by side. */
  readonly kind: string;
  /** Args are parsed again when a plan is read back from the store. */
  readonly args: ZodType<Args>;
  /** Idempotent: args carry the names and the tag that the plan chose. May run again after a crash. */
  run(context: StepContext<Context>, args: Args): Promise<void>;
  /** Treats what is absent as done. Also called for a step that failed or may have started. */
  readonly undo: ((context: StepContext<Context>, args: Args) => Promise<void>) | NothingToUndo;
  /** How long a run that meets `unavailable` is tried again; 0: never. Default: the runner's deadline. */
  readonly retryForMs?: number;
  /** Mostly waits for what happens elsewhere, such as a boot or a drain: takes none of the few places for work. */
  readonly isWaiting?: boolean;
}

export interface NothingToUndo {
  readonly because: string;
}

/** The world handed to a step, with its own abort signal and a line of progress for people. */
export type StepContext<Context> = Context & {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
};

/** One step of a plan: plain JSON. `after` names the ids of the steps that must have succeeded before. */
export interface PlannedStep {
  readonly id: string;
  readonly kind: string;
  /** For people: "create VM ks-gt4-java-ant-1 (1 CPU, 1024 MiB)". */
  readonly title: string;
  readonly args: unknown;
  readonly after: readonly string[];
  /** `end`: it runs once those of `after` have ended, also when they failed or were skipped. */
  readonly waitsFor?: 'end';
}

/** An immutable graph of steps: stored, shown, approved, applied; never edited. */
export interface StepGraph {
  readonly planId: PlanId;
  readonly steps: readonly PlannedStep[];
  /** What to do when a step fails: unwind everything that may have started, or keep it as it is. */
  readonly onFailure: 'undo' | 'keep';
}

export type StepEventKind =
  | 'started'
  | 'succeeded'
  | 'failed'
  | 'skipped'
  | 'undo-started'
  | 'undone'
  | 'undo-failed'
  | 'progress'
  | 'cancel-requested';

/**
 * Append-only, numbered from 1 without gaps in the order of their writing, so a reader that asks for what came after
 * the last one it saw misses nothing. `failed`, `undo-failed` carry the error; `progress` carries a line;
 * `cancel-requested` is about the plan (`stepId` is {@link wholePlan}) and carries 'undo' or 'keep'.
 */
export interface StepEvent {
  readonly sequence: number;
  readonly planId: PlanId;
  readonly stepId: string;
  readonly kind: StepEventKind;
  readonly at: Date;
  readonly text?: string;
  readonly errorCode?: string;
}

/** The `stepId` of an event that is about the whole plan. */
export const wholePlan = '*';

/** Derived from the events, never stored. `stuck`: an undo failed for good; an operator must look and resume. */
export type SagaStatus = 'planned' | 'running' | 'succeeded' | 'undoing' | 'undone' | 'kept' | 'stuck';
