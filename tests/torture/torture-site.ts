import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { listen } from '@trencadis/http';
import { brandId, sha256OfText } from '@trencadis/ids';
import { createImageClient } from '@trencadis/image-catalog/client';
import { readLocalToken } from '@trencadis/infrastructure/client';
import { createLog } from '@trencadis/log';
import { MemoryVmmWorld, seededRandom } from '@trencadis/vmm-memory';
import { createSimulator } from '@trencadis/vmm-memory/simulator';
import { createCloudClient } from '@trencadis/vmm-sites/client';
import { type PlatformPlace, PlatformProcess } from './platform-process.ts';

export interface SiteOptions {
  readonly seed: number;
  /** Share of the VM manager's calls that fail, half of them after the act. */
  readonly failureRate: number;
  /** Longest of its answers; they take 1 ms to that. 0: no wait at all. */
  readonly latencyMs: number;
}

/** What outlives the platform's processes: a VM manager behind HTTP, and a folder that they share. */
export class TortureSite implements AsyncDisposable {
  readonly vmm: MemoryVmmWorld;
  readonly place: PlatformPlace;
  readonly token: string;
  readonly #stop: AbortController;

  private constructor(place: PlatformPlace, vmm: MemoryVmmWorld, access: Access) {
    this.place = place;
    this.vmm = vmm;
    this.token = access.token;
    this.#stop = access.stop;
  }

  /** `databaseUrl`: of an empty database. */
  static async create(databaseUrl: string, options: SiteOptions): Promise<TortureSite> {
    const vmm = new MemoryVmmWorld();
    const stop = new AbortController();
    const endpoint = await startSimulator(vmm, options, stop.signal);
    const place = { home: await mkdtemp(join(tmpdir(), 'trencadis-torture-')), databaseUrl };
    const first = PlatformProcess.start(place);
    try {
      const baseUrl = await first.ready;
      const token = await readLocalToken(place.home);
      await furnish({ baseUrl, token, timeoutMs: 60_000 }, endpoint);
      return new TortureSite(place, vmm, { token, stop });
    } finally {
      await first.stop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await rm(this.place.home, { recursive: true, force: true });
  }
}

interface Access {
  readonly token: string;
  readonly stop: AbortController;
}

const simulatorToken = 'of-the-simulator';

async function startSimulator(
  world: MemoryVmmWorld,
  { seed, failureRate, latencyMs }: SiteOptions,
  signal: AbortSignal,
): Promise<string> {
  const random = seededRandom(seed);
  const simulator = await createSimulator({
    clock: systemClock,
    world,
    token: simulatorToken,
    latencyMs: latencyMs === 0 ? 0 : () => 1 + random() * (latencyMs - 1),
    failures: { rate: failureRate, seed },
    log: createLog({ name: 'simulator', level: 'silent' }),
    signal,
  });
  return listen(simulator, { host: '127.0.0.1', port: 0 });
}

/** The VM manager as a cloud of the platform, and an image that boots there. */
async function furnish(
  options: { readonly baseUrl: string; readonly token: string; readonly timeoutMs: number },
  endpoint: string,
): Promise<void> {
  await using clouds = createCloudClient(options);
  const credentials = { token: simulatorToken };
  await clouds.putCloud({
    params: { name: 'sim' },
    body: { product: 'simulated', endpoint, credentials, scope: 'platform' },
  });
  await using images = createImageClient(options);
  const id = brandId('VmiId', 'debian');
  await images.createImage({ body: { id, name: 'Debian', description: '' } });
  await images.addImageVersion({
    params: { imageId: id },
    body: {
      metadata: {
        architecture: 'x86_64',
        operatingSystem: { name: 'linux', flavour: 'Debian', version: '12' },
        applications: [],
        standIns: [],
      },
      artifacts: [{ vmm: 'memory', location: 'debian', digest: sha256OfText('debian') }],
    },
  });
}
