import { PlatformError } from '@trencadis/errors';
import type { ZodType } from 'zod';
import type { NothingToUndo, StepContext, StepKind } from './model.ts';

/** A step kind whatever its args: the registry holds many, and args are parsed just before they are handed over. */
export interface AnyStepKind<Context> {
  readonly kind: string;
  readonly args: ZodType;
  run(context: StepContext<Context>, args: never): Promise<void>;
  readonly undo: ((context: StepContext<Context>, args: never) => Promise<void>) | NothingToUndo;
  readonly retryForMs?: number;
  readonly isWaiting?: boolean;
}

/** Gives `run` and `undo` the type of the parsed args. */
export function defineStepKind<Context, Args>(kind: StepKind<Context, Args>): StepKind<Context, Args> {
  return kind;
}

export type StepKinds<Context> = ReadonlyMap<string, AnyStepKind<Context>>;

export function stepKindsByName<Context>(kinds: readonly AnyStepKind<Context>[]): StepKinds<Context> {
  const byName = new Map<string, AnyStepKind<Context>>();
  for (const kind of kinds) {
    if (byName.has(kind.kind)) {
      throw new PlatformError(
        'internal',
        `Two step kinds are called '${kind.kind}': give one a new version.`,
        {
          subject: kind.kind,
        },
      );
    }
    byName.set(kind.kind, kind);
  }
  return byName;
}

export function getStepKind<Context>(kinds: StepKinds<Context>, name: string): AnyStepKind<Context> {
  const kind = kinds.get(name);
  if (kind === undefined) {
    throw new PlatformError(
      'invalid-argument',
      `There is no step kind '${name}'; known are ${[...kinds.keys()].join(', ')}.`,
      {
        subject: name,
      },
    );
  }
  return kind;
}
