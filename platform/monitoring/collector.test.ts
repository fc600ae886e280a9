import type { CertificatePems } from '@trencadis/certificates';
import { brandId } from '@trencadis/ids';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Collector, type ScrapeTarget, createCollector } from './index.ts';
import { type TestCertificates, createTestCertificates } from './testing/certificates.ts';
import { type PageFigures, exporterPage } from './testing/exporter-page.ts';
import { createLocalShell } from './testing/local-shell.ts';
import { type LoopbackServer, startLoopbackServer } from './testing/loopback-server.ts';
import { type SteppedClock, createSteppedClock } from './testing/stepped-clock.ts';

const vm = brandId('VmName', 'web-0');
const password = 'correct: with a colon';
const never = new AbortController().signal;

let certificates: TestCertificates;
let certificate: CertificatePems;
let server: LoopbackServer;
let clock: SteppedClock;
let collector: Collector;
/** What the exporter answers next; `undefined`: nothing at all. */
let page: string | undefined;

async function startExporter(port?: number): Promise<LoopbackServer> {
  const wanted = `Basic ${Buffer.from(`trencadis:${password}`).toString('base64')}`;
  return startLoopbackServer(
    (request, response) => {
      if (page === undefined) return;
      response.statusCode = request.headers.authorization === wanted ? 200 : 401;
      response.end(response.statusCode === 200 ? page : 'Unauthorized');
    },
    certificate,
    port,
  );
}

const figures: PageFigures = {
  cpu: { idle: 100, iowait: 10, user: 40, system: 5, steal: 1 },
  memory: { total: 1000, available: 250 },
  disks: [
    { place: '/', size: 1000, free: 500, available: 300 },
    { place: '/srv', size: 1000, free: 900, available: 900 },
    { place: '/mnt/dvd', size: 1000, free: 0, available: 0, isReadOnly: true },
  ],
  network: { eth0: 1000, eth1: 5000 },
};

beforeAll(async () => {
  certificates = await createTestCertificates();
  certificate = await certificates.issue(vm);
});
beforeEach(async () => {
  server = await startExporter();
  clock = createSteppedClock();
  collector = createCollector({ clock });
  page = exporterPage(figures);
  return async () => {
    await collector.close();
    await server.close();
  };
});

const target = (changes: Partial<ScrapeTarget> = {}): ScrapeTarget => ({
  vm,
  address: '127.0.0.1',
  port: server.port,
  authorityPem: certificates.authorityPem,
  password,
  cpuCount: 2,
  memoryMiB: 1024,
  ...changes,
});
const disks = [{ place: '/', size: 1000, free: 750, available: 750 }];
const values = (samples: object) =>
  Object.fromEntries(Object.entries(samples).map(([name, { value }]) => [name, value]));

describe('a scrape', () => {
  it('tells memory and the fullest disk at once, CPU and network from the second on', async () => {
    const at = clock.now().getTime();
    expect(await collector.scrape(target(), never)).toEqual({
      memory: { at, value: 75 },
      disk: { at, value: 62.5 },
    });
    await clock.advance(10_000);
    page = exporterPage({
      ...figures,
      cpu: { idle: 104, iowait: 11, user: 54, system: 6, steal: 1 },
      network: { eth0: 21_000, eth1: 5000, eth2: 7 },
    });
    const samples = await collector.scrape(target(), never);
    expect(values(samples)).toEqual({ cpu: 75, memory: 75, disk: 62.5, network: 2000 });
    expect(samples.cpu?.at).toBe(at + 10_000);
    expect(collector.latest(vm)).toEqual(samples);
  });

  it('of a container is of its own use and size, and as old as its latest figures', async () => {
    const own = (sampledAt: number, cpu: number) =>
      exporterPage({ container: { sampledAt, cpu, memory: 512 * 2 ** 20 }, disks });
    page = own(5000, 100);
    expect(values(await collector.scrape(target(), never))).toEqual({ memory: 50, disk: 25 });
    await clock.advance(10_000);
    page = own(5008, 108);
    const samples = await collector.scrape(target(), never);
    expect(values(samples)).toEqual({ cpu: 50, memory: 50, disk: 25 });
    await clock.advance(10_000);
    const again = await collector.scrape(target(), never);
    expect(again.cpu).toEqual(samples.cpu);
    expect(again.memory?.at).toBe(samples.cpu!.at + 10_000);
  });

  it('uses one connection for all, and another one when that was closed', async () => {
    for (let turn = 0; turn < 5; turn++) await collector.scrape(target(), never);
    expect(server.connections()).toBe(1);
    const { port } = server;
    await server.close();
    await expect(collector.scrape(target({ port }), never)).rejects.toMatchObject({ code: 'unavailable' });
    server = await startExporter(port);
    await clock.advance(10_000);
    expect(values(await collector.scrape(target(), never))).toMatchObject({ network: 0 });
  });

  it('forgets a VM with its counters', async () => {
    await collector.scrape(target(), never);
    collector.forget(vm);
    expect(collector.latest(vm)).toBeUndefined();
    await clock.advance(10_000);
    expect(await collector.scrape(target(), never)).not.toHaveProperty('network');
    expect(server.connections()).toBe(2);
  });

  it('with a wrong password is refused, without telling it', async () => {
    const refused = collector.scrape(target({ password: 'not-this-one' }), never);
    await expect(refused).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.not.stringContaining('not-this-one'),
    });
  });

  it("accepts no other authority's certificate, nor that of another VM", async () => {
    const { authorityPem } = await createTestCertificates();
    const message = expect.stringContaining('certificate is not one of its infrastructure');
    const unavailable = { code: 'unavailable', message, subject: vm };
    await expect(collector.scrape(target({ authorityPem }), never)).rejects.toMatchObject(unavailable);
    const other = brandId('VmName', 'web-1');
    const asOther = collector.scrape(target({ vm: other }), never);
    await expect(asOther).rejects.toMatchObject({ ...unavailable, subject: other });
  });

  it.each([
    ['nothing within two seconds', undefined, 'no answer within 2000 ms'],
    ['something else', '<html>\n<p class="x">Hello</p>', 'no page of figures'],
  ])('that is answered by %s is unavailable', async (_, answer, because) => {
    page = answer;
    const message = expect.stringContaining(because);
    await expect(collector.scrape(target(), never)).rejects.toMatchObject({ code: 'unavailable', message });
  });

  it('ends by its signal', async () => {
    page = undefined;
    const stop = new AbortController();
    const scraped = collector.scrape(target(), stop.signal);
    const reason = new Error('stop');
    stop.abort(reason);
    await expect(scraped).rejects.toBe(reason);
  });
});

describe('a scrape through a shell', () => {
  it('tells the same, with no secret among arguments', async () => {
    const seen: string[] = [];
    const shell = createLocalShell((argv) => void seen.push(...argv));
    const samples = await collector.scrapeThrough(shell, target(), never);
    expect(values(samples)).toEqual({ memory: 75, disk: 62.5 });
    expect(seen.join(' ')).not.toContain(password);
    expect(seen.join(' ')).not.toContain(Buffer.from(`trencadis:${password}`).toString('base64'));
  });

  it('verifies password, authority and name', async () => {
    const shell = createLocalShell();
    const { authorityPem } = await createTestCertificates();
    const scrape = async (changes: Partial<ScrapeTarget>) =>
      collector.scrapeThrough(shell, target(changes), never);
    await expect(scrape({ password: 'x' })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(scrape({ authorityPem })).rejects.toMatchObject({ code: 'unavailable' });
    const message = expect.stringContaining("not valid for 'web-1'");
    await expect(scrape({ vm: brandId('VmName', 'web-1') })).rejects.toMatchObject({ message });
  });
});
