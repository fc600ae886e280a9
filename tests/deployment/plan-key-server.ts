import { brandId } from '@trencadis/ids';
import { type Infrastructure, prepareDeploy } from '@trencadis/infrastructure';
import type { PlannedStep } from '@trencadis/saga';
import { type SimulatedPlatform, keyServerDocument, keyServerParameters } from './simulated-platform.ts';

export const keyServer: Infrastructure = {
  id: brandId('InfrastructureId', 'inf-keyserv1'),
  name: 'key-server',
  owner: 'test',
  radl: keyServerDocument,
  dialect: 'paper',
  parameters: keyServerParameters,
  createdAt: new Date(0),
  isDestroyRequested: false,
};

/** The steps that deploy Fig. 3 on an empty simulated platform. */
export async function planKeyServer({ world, images }: SimulatedPlatform): Promise<readonly PlannedStep[]> {
  const preparation = await prepareDeploy({ world, images }, keyServer, AbortSignal.timeout(10_000));
  if (preparation.kind === 'prepared') return preparation.steps;
  throw new Error(JSON.stringify(preparation.diagnostics, undefined, 2));
}
