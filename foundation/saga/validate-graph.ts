import { PlatformError } from '@trencadis/errors';
import { wholePlan, type PlannedStep, type StepGraph } from './model.ts';
import type { StepKinds } from './step-kinds.ts';
import { topologicalOrder } from './topological-order.ts';

/** Throws one `invalid-argument` with everything that is wrong with the graph; nothing has run by then. */
export function validateGraph<Context>(graph: StepGraph, kinds: StepKinds<Context>): void {
  const ids = graph.steps.map(({ id }) => id);
  const known = new Set(ids);
  const problems = [
    ...repeated(ids).map((id) => `two steps have the id '${id}'`),
    ...graph.steps.flatMap((step) => problemsOfStep(step, known, kinds)),
    ...problemsOfOrder(graph),
  ];
  if (problems.length === 0) return;
  throw new PlatformError(
    'invalid-argument',
    `The plan ${graph.planId} cannot run: ${problems.join('; ')}.`,
    {
      subject: graph.planId,
    },
  );
}

function repeated(ids: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return ids.filter((id) => seen.size === seen.add(id).size);
}

function problemsOfStep<Context>(
  { id, kind: name, args, after }: PlannedStep,
  known: ReadonlySet<string>,
  kinds: StepKinds<Context>,
): readonly string[] {
  const kind = kinds.get(name);
  const issues = kind?.args.safeParse(args).error?.issues ?? [];
  return [
    ...(id === '' || id === wholePlan ? [`'${id}' cannot be the id of a step`] : []),
    ...(kind === undefined ? [`step '${id}' is of the unknown kind '${name}'`] : []),
    ...issues.map(({ path, message }) => `step '${id}': args.${path.join('.')}: ${message}`),
    ...after
      .filter((other) => !known.has(other))
      .map((other) => `step '${id}' waits for '${other}', which is no step`),
  ];
}

function problemsOfOrder({ steps }: StepGraph): readonly string[] {
  const { cyclic } = topologicalOrder(steps);
  if (cyclic.length === 0) return [];
  return [`the steps ${cyclic.map(({ id }) => `'${id}'`).join(', ')} wait for each other`];
}
