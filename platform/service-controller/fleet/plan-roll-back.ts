import { PlatformError } from '@trencadis/errors';
import { type InfrastructureId, type PlanId, sha256OfJson } from '@trencadis/ids';
import type { GivenDocument, Infrastructure } from '@trencadis/infrastructure';
import { type ReconcilerParts, planChange, planStatusOf } from '@trencadis/infrastructure/services';
import { planIdOf } from './plan-group-action.ts';

/** Plans the document of before the one in force; its replicas follow as they do after any other. */
export async function planRollBack(
  parts: ReconcilerParts,
  { id, actor }: { readonly id: InfrastructureId; readonly actor: string },
  signal: AbortSignal,
): Promise<PlanId | undefined> {
  const infrastructure = await parts.world.store.find(id);
  if (!infrastructure)
    throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
  const document = await previousDocument(parts, infrastructure);
  if (document === undefined) {
    const message = `'${infrastructure.name}' was never deployed with another document: there is nothing to go back to.`;
    throw new PlatformError('not-found', message, { subject: id });
  }
  return planIdOf(
    await planChange(parts, { infrastructure, request: { kind: 'deploy', document }, actor }, signal),
  );
}

/** The latest other document that was brought about. */
async function previousDocument(
  { world, sagas }: ReconcilerParts,
  infrastructure: Infrastructure,
): Promise<GivenDocument | undefined> {
  for (const summary of await world.store.listPlans(infrastructure.id)) {
    if ((await planStatusOf(sagas, summary)) !== 'succeeded') continue;
    const plan = await world.store.findPlan(summary.id);
    if (plan === undefined || isSame(plan.target, infrastructure)) continue;
    const { radl, dialect, parameters, components } = plan.target;
    return { radl, dialect, parameters, ...(components ? { components } : {}) };
  }
  return undefined;
}

function isSame(one: GivenDocument, other: GivenDocument): boolean {
  const digest = ({ radl, dialect, parameters, components = {} }: GivenDocument) =>
    sha256OfJson([radl, dialect, parameters, components]);
  return digest(one) === digest(other);
}
