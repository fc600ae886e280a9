import { describe, expect, it } from 'vitest';
import { readPage } from './read-page.ts';
import { exporterPage } from './testing/exporter-page.ts';

const root = { place: '/', size: 100, free: 50, available: 50 };
/** As another collector has it, with names that begin alike. */
const noise = `# HELP node_cpu_seconds_total Seconds the CPUs spent in each mode.
node_memory_MemTotal_bytes_more 1
node_cpu_guest_seconds_total{cpu="0",mode="user"} 7
node_filesystem_files{device="/dev/vda1",fstype="ext4",mountpoint="/"} 1.6777216e+07
`;

describe('a page', () => {
  it('is read to its last line, between lines of no interest', () => {
    const page = exporterPage({
      cpu: { idle: 3, user: 1.5e6 },
      memory: { total: 4, available: 1 },
      disks: [root],
      network: { lo: 9, eth0: 5, eth1: 6 },
    });
    const read = {
      at: 7,
      cpuSeconds: new Map([['0', { all: 1_500_003, busy: 1_500_000 }]]),
      memory: { totalBytes: 4, availableBytes: 1 },
      diskPercent: 50,
      networkBytes: new Map([
        ['receive eth0', 5],
        ['receive eth1', 6],
      ]),
    };
    expect(readPage(page, 7)).toEqual(read);
    expect(readPage(noise + page + noise, 7)).toEqual(read);
    expect(readPage(page.trimEnd(), 7)).toEqual(read);
  });

  it('leaves out what is no finite number', () => {
    const page = exporterPage({ disks: [root], container: { sampledAt: 1, cpu: Number.NaN, memory: 5 } });
    expect(readPage(page, 0).container).toEqual({ sampledAtMs: 1000, memoryBytes: 5 });
  });

  it('tells the fullest file system that can be written to, by what may be used of it', () => {
    const disks = [
      root,
      { place: '/srv', size: 100, free: 40, available: 20 },
      { place: '/dvd', size: 100, free: 0, available: 0, isReadOnly: true },
      { place: '/empty', size: 0, free: 0, available: 0 },
    ];
    expect(readPage(exporterPage({ disks }), 0).diskPercent).toBe(75);
  });

  it('that an exporter of something else has written is refused', () => {
    expect(() => readPage('http_requests_total{code="200"} 5\n', 0)).toThrow(/no figures/);
  });
});
