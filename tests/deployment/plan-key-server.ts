import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import {
  type ChangeRequest,
  type Infrastructure,
  type InfrastructureServiceParts,
  type Plan,
  createInfrastructureService,
} from '@trencadis/infrastructure';
import type { PlannedStep } from '@trencadis/saga';
import { type SimulatedPlatform, keyServerDocument, keyServerParameters } from './simulated-platform.ts';

/** Before anything of it was deployed. */
export const keyServer: Infrastructure = {
  id: brandId('InfrastructureId', 'inf-keyserv1'),
  name: 'key-server',
  owner: 'test',
  radl: keyServerDocument,
  dialect: 'paper',
  parameters: keyServerParameters,
  members: [],
  nextOrdinal: 0,
  refusals: [],
  usage: { vms: 0, cpuCount: 0, memoryMiB: 0 },
  vmms: [],
  shares: [],
  createdAt: systemClock.now(),
  isDestroyRequested: false,
};

/** That infrastructure with another document. */
export function deployOf(radl: string): ChangeRequest {
  return { kind: 'deploy', document: { radl, dialect: 'paper', parameters: keyServerParameters } };
}

/** Plans a change of {@link keyServer} as it is in the platform's store. Runs nothing. */
export async function planKeyServer(
  { world, images }: SimulatedPlatform,
  request: ChangeRequest = deployOf(keyServerDocument),
): Promise<Plan> {
  const parts = { world, images } as Partial<InfrastructureServiceParts> as InfrastructureServiceParts;
  if (!(await world.store.find(keyServer.id))) await world.store.insert(keyServer);
  const service = createInfrastructureService(parts);
  const change = { ...request, actor: 'test' };
  const planning = await service.planChange(keyServer.id, change, AbortSignal.timeout(10_000));
  if (planning.kind === 'planned') return planning.plan;
  throw new Error(JSON.stringify(planning.diagnostics, undefined, 2));
}

/** A plan as a person reads it in a review: what is done, and what it waits for. */
export function renderPlan(steps: readonly PlannedStep[]): string {
  const blocks = steps.map(({ id, title, after }) =>
    [id, `  ${title}`, ...after.map((each) => `  after ${each}`)].join('\n'),
  );
  return `${blocks.join('\n\n')}\n`;
}
