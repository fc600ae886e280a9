import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Delivery, startDelivery } from '@trencadis/app-platform-api/start-delivery';
import { systemClock } from '@trencadis/clock';
import {
  type Component,
  type ComponentRepository,
  openComponentRepository,
} from '@trencadis/component-repository';
import { createPuppetConfigurator } from '@trencadis/configurator-puppet';
import type { DeliveredComponent, FetchOrder } from '@trencadis/contextualization';
import { brandId } from '@trencadis/ids';
import { createLog } from '@trencadis/log';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Machine, startMachine } from './testing/start-machine.ts';

const modulesDirectory = fileURLToPath(new URL('../../service-descriptions/modules', import.meta.url));
const configurator = createPuppetConfigurator({ modulesDirectory });
const vmName = brandId('VmName', 'cfg-fetch');
/** More than passes at once. */
const content = Buffer.alloc(3_000_000, 'component ');
const unpushable = async (): Promise<Buffer> => {
  throw new Error('pushed');
};

describe('a machine that fetches its components', () => {
  const stop = new AbortController();
  let folder: string;
  let machine: Machine;
  let repository: ComponentRepository;
  let delivery: Delivery;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'trencadis-delivery-'));
    repository = openComponentRepository({ directory: folder });
    delivery = await start();
    // The login is not root's, whose environment does not tell where the session comes from.
    machine = await startMachine(vmName, 'base-toolkits', 'admin');
  });
  afterAll(async () => {
    stop.abort();
    await machine.stop();
    await rm(folder, { recursive: true });
  });

  /** On all addresses, as machines come over a bridge of their own. */
  async function start(): Promise<Delivery> {
    const log = createLog({ name: 'delivery', level: 'silent' });
    const parts = { repository, key: Buffer.alloc(32, 7), clock: systemClock, log, signal: stop.signal };
    return await startDelivery({ host: '0.0.0.0', port: 0 }, parts);
  }

  async function add(fileName: string, bytes: Buffer = Buffer.from(fileName)): Promise<Component> {
    return await repository.add({ fileName, version: '1', description: '', content: bytes });
  }

  /** As configure-vm does, with what is changed of the order. */
  async function configure(component: Component, change: Partial<FetchOrder> = {}, push = unpushable) {
    const { fileName, digest } = component;
    const order = async () => ({ ...(await delivery.order(component, vmName)), ...change });
    const file: DeliveredComponent = { fileName, digest, content: push, order };
    const recipe = { kind: 'resource-lines' as const, lines: [] };
    const job = { vmName, recipe, components: [file], context: machine.context };
    const lines: string[] = [];
    const signal = new AbortController().signal;
    const shell = await machine.connect();
    try {
      const onLine = (line: string): void => void lines.push(line);
      await configurator.configure(shell, job, { signal, timeoutMs: 180_000, onLine });
    } finally {
      await shell.close();
    }
    return lines;
  }

  const fileOn = ({ digest, fileName }: Component): string =>
    `/var/lib/trencadis/components/${digest}/${fileName}`;
  const kept = async (component: Component): Promise<string> =>
    await machine.script(`find ${fileOn(component)} -printf '%u:%g %m %s' 2>/dev/null || true`);

  it('finds the platform by its SSH session, and the digest in what came', async () => {
    const component = await add('large.conf', content);
    await configure(component);
    expect(await kept(component)).toBe(`root:root 644 ${content.length}`);
  });

  it('fetches nothing that it has', async () => {
    const component = await add('large.conf', content);
    await expect(configure(component, { token: 'none' })).resolves.not.toEqual([]);
  });

  it('refuses a file that was tampered with on the way', async () => {
    const component = await add('tampered.conf');
    await writeFile(join(folder, 'blobs', component.digest), 'TAMPERED.conf');
    await expect(configure(component)).rejects.toMatchObject({ code: 'internal', subject: 'tampered.conf' });
    expect(await kept(component)).toBe('');
  });

  it('gets nothing with the grant of another file, nor with none', async () => {
    const component = await add('wanted.conf');
    const { token } = await delivery.order(await add('other.conf'), vmName);
    for (const foreign of [token, 'none']) {
      const configuring = configure(component, { token: foreign });
      await expect(configuring).rejects.toMatchObject({ code: 'forbidden', subject: 'wanted.conf' });
    }
    expect(await kept(component)).toBe('');
  });

  it('sends its grant to nobody but the platform: the authority and the name must be right', async () => {
    const component = await add('wanted.conf');
    const { authorityPem } = await start();
    for (const change of [{ authorityPem }, { serverName: 'somebody.else' }]) {
      await expect(configure(component, change)).rejects.toMatchObject({ code: 'forbidden' });
    }
    expect(await kept(component)).toBe('');
  });

  it('gets it over SSH where the platform cannot be reached', async () => {
    const component = await add('pushed.conf');
    const lines = await configure(component, { port: 1 }, async () => Buffer.from('pushed.conf'));
    expect(lines).toContain('VM cfg-fetch cannot reach the platform: its components are pushed over SSH.');
    expect(await kept(component)).toBe('root:root 644 11');
  });
});
