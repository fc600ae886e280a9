/**
 * What one VM's figures cost the platform: a page as a VM's exporter writes it (18 kB), over TLS with a password on a
 * connection that stays open, parsed and made into samples. The exporters are another process, on loopback. The ratio is
 * to the goal: 10,000 VMs every 10 s with a quarter of one processor, that is 0.25 ms a scrape.
 * `node bench/scrape.ts`
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createAuthority, issueServerCertificate } from '@trencadis/certificates';
import { systemClock } from '@trencadis/clock';
import { type VmName, brandId } from '@trencadis/ids';
import { type ScrapeTarget, createCollector } from '@trencadis/monitoring';
import { showFigure } from './report/show-figure.ts';

const vmCount = 250;
const rounds = 40;
const inParallel = 32;
const goalMs = 0.25;
const names: readonly VmName[] = Array.from({ length: vmCount }, (_, index) =>
  brandId('VmName', `vm-${index}`),
);
const never = new AbortController().signal;

/** Two CPUs, two network devices, two disks; everything that the collectors tell beside what is read. */
function pageAt(turn: number): string {
  const family = (name: string, points: readonly (readonly [string, number])[]) =>
    `# HELP ${name} What this figure of the exporter says to those who read it.\n# TYPE ${name} untyped\n` +
    points.map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}\n`).join('');
  const modes = ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'];
  const cpus = ['0', '1'].flatMap((cpu) =>
    modes.map((mode) => [`cpu="${cpu}",mode="${mode}"`, 1e4 + turn] as const),
  );
  const places = ['/', '/srv'].map((place) => `device="/dev/vda1",fstype="ext4",mountpoint="${place}"`);
  const devices = ['eth0', 'eth1'].map((device) => `device="${device}"`);
  const all = (labels: readonly string[], value: number) => labels.map((each) => [each, value] as const);
  const filesystem = [
    'avail_bytes',
    'device_error',
    'files',
    'files_free',
    'free_bytes',
    'readonly',
    'size_bytes',
  ];
  const network = Array.from({ length: 36 }, (_, index) => `figure_${index}`);
  return [
    family('node_cpu_seconds_total', cpus),
    ...filesystem.map((name) =>
      family(`node_filesystem_${name}`, all(places, name === 'readonly' ? 0 : 1e11)),
    ),
    ...['MemTotal', 'MemAvailable'].map((name) => family(`node_memory_${name}_bytes`, [['', 4e9]])),
    ...Array.from({ length: 46 }, (_, index) => family(`node_memory_Figure${index}_bytes`, [['', 1.5e9]])),
    ...[...network, 'receive_bytes_total', 'transmit_bytes_total'].map((name) =>
      family(`node_network_${name}`, all(devices, 1e9 + turn * 1000)),
    ),
  ].join('');
}

interface Served {
  readonly port: number;
  readonly authorityPem: string;
  readonly pageBytes: number;
}

async function serveExporters(): Promise<void> {
  const authority = await createAuthority({ commonName: 'bench', clock: systemClock, days: 1 });
  const wanted = { authority, clock: systemClock, days: 1, dnsNames: names, ipAddresses: [] };
  const { certificatePem, privateKeyPem } = await issueServerCertificate(wanted);
  const pages = Array.from({ length: 10 }, (_, turn) => pageAt(turn));
  let asked = 0;
  const server = createServer(
    { cert: certificatePem, key: privateKeyPem, keepAliveTimeout: 60_000 },
    (_, response) => {
      response.end(pages[Math.min(9, Math.floor(asked++ / vmCount / 5))]);
    },
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  process.send?.({ port, authorityPem: authority.certificatePem, pageBytes: pages[0]?.length ?? 0 });
}

async function startExporters(): Promise<{ readonly child: ChildProcess; readonly served: Served }> {
  const child = fork(import.meta.filename, ['exporters']);
  const [served] = (await once(child, 'message')) as [Served];
  return { child, served };
}

async function measure(): Promise<void> {
  const { child, served } = await startExporters();
  const collector = createCollector({ clock: systemClock });
  const { port, authorityPem } = served;
  const targets: readonly ScrapeTarget[] = names.map((vm) => {
    return { vm, address: '127.0.0.1', port, authorityPem, password: 'bench', cpuCount: 2, memoryMiB: 4096 };
  });
  const scrapeAll = async (): Promise<void> => {
    const left = targets.values();
    const work = async (): Promise<void> => {
      for (const target of left) await collector.scrape(target, never);
    };
    await Promise.all(Array.from({ length: inParallel }, work));
  };
  try {
    for (let round = 0; round < rounds / 4; round++) await scrapeAll();
    const before = process.cpuUsage();
    for (let round = 0; round < rounds; round++) await scrapeAll();
    const { user, system } = process.cpuUsage(before);
    const cpuMs = (user + system) / 1000 / rounds / vmCount;
    showFigure({
      label: `CPU of a scrape of ${Math.round(served.pageBytes / 1000)} kB, with TLS and parsing`,
      value: `${cpuMs.toFixed(3)} ms`,
      ratio: goalMs / cpuMs,
    });
  } finally {
    await collector.close();
    child.kill();
  }
}

if (process.argv[2] === 'exporters') await serveExporters();
else await measure();
