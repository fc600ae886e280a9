import { createSimulatedVmm } from '@trencadis/vmm-memory/simulator';
import type { VmmProduct } from '@trencadis/vmm-sites';
import { z } from 'zod';

/** The simulated VM manager, apps/vmm-simulator. */
export const simulated: VmmProduct<{ readonly token: string }> = {
  name: 'simulated',
  needsEndpoint: true,
  whereToFind: { token: 'the simulator is started with it' },
  load: async () => ({
    credentials: z.strictObject({ token: z.string().min(1) }),
    create: ({ endpoint = '' }, { token }) => createSimulatedVmm({ url: endpoint, token }),
  }),
};
