import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeVmmDriver } from '@trencadis/vmm/conformance';
import { createLocalVmm } from './index.ts';
import { localLeftovers, testImage } from './testing/index.ts';

describeVmmDriver('vmm-local', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-vmm-local-'));
  return {
    driver: createLocalVmm({ directory, addressPool: '10.204.0.0/16' }),
    image: await testImage(),
    leftovers: () => localLeftovers(directory),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
});
