import { brandId } from '@trencadis/ids';
import type { EventView, InfrastructureClient } from '@trencadis/infrastructure/client';

export interface Following {
  readonly plan: { readonly id: string };
  readonly signal?: AbortSignal;
}

/** Every event of the plan, from the first until it ends. */
export async function followEvents(
  client: InfrastructureClient,
  { plan, signal }: Following,
  onEvent: (event: EventView) => void,
): Promise<void> {
  const params = { planId: brandId('PlanId', plan.id) };
  const options = signal === undefined ? {} : { signal };
  for await (const event of client.followPlan({ params, query: {} }, options)) onEvent(event);
}
