import { PlatformError } from '@trencadis/errors';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import { type ReconcilerParts, planChange, planStatusOf } from '@trencadis/infrastructure/services';
import { planIdOf } from './plan-group-action.ts';
import { type PastDocument, previousDocument } from './previous-document.ts';

/** Who is named in plans and in the audit log where nobody but the platform asked. */
export const serviceActor = 'service-controller';

/** Plans the document of before the one in force; its replicas follow as they do after any other. */
export async function planRollBack(
  parts: ReconcilerParts,
  { id, actor }: { readonly id: InfrastructureId; readonly actor: string },
  signal: AbortSignal,
): Promise<PlanId | undefined> {
  const infrastructure = await parts.world.store.find(id);
  if (!infrastructure)
    throw new PlatformError('not-found', `There is no infrastructure ${id}.`, { subject: id });
  const found = await previousDocument(infrastructure, pastDocuments(parts, id));
  if (found === undefined) {
    const message = `'${infrastructure.name}' was never deployed with another document: there is nothing to go back to.`;
    throw new PlatformError('not-found', message, { subject: id });
  }
  const { radl, dialect, parameters, components } = found;
  const document = { radl, dialect, parameters, ...(components ? { components } : {}) };
  return planIdOf(
    await planChange(parts, { infrastructure, request: { kind: 'deploy', document }, actor }, signal),
  );
}

/** Every document that was brought about, the newest first, one at a time: most often the second is the one. */
async function* pastDocuments(
  { world, sagas }: ReconcilerParts,
  id: InfrastructureId,
): AsyncGenerator<PastDocument> {
  for (const summary of await world.store.listPlans(id)) {
    if ((await planStatusOf(sagas, summary)) !== 'succeeded') continue;
    const plan = await world.store.findPlan(summary.id);
    if (plan === undefined) continue;
    yield { document: plan.target, isWayBack: plan.kind === 'deploy' && plan.createdBy === serviceActor };
  }
}
