import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pollUntil, systemClock } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import { machineUse } from './machine-use.ts';

/** What the script tells of a machine whose /sys/fs/cgroup has these files. */
async function useIn(groups: Readonly<Record<string, string>>): Promise<Record<string, number>> {
  const directory = await mkdtemp(join(tmpdir(), 'trencadis-use-test-'));
  for (const [path, content] of Object.entries(groups)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  const child = spawn('sh', ['-c', machineUse, 'machine-use', directory, directory], { detached: true });
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));
  try {
    const out = join(directory, 'use.prom');
    const isThere = async () => existsSync(out) || undefined;
    await pollUntil(isThere, { clock: systemClock, everyMs: 5, deadlineMs: 10_000 });
    const lines = (await readFile(out, 'utf8')).trim().split('\n');
    return Object.fromEntries(
      lines
        .map((line) => line.replace('trencadis_machine_', '').split(' '))
        .map(([k = '', v]) => [k, Number(v)]),
    );
  } finally {
    // With the `sleep` that it has begun.
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
    await rm(directory, { recursive: true });
  }
}

const at = { sampled_at_seconds: expect.any(Number) };

describe("a container's own use", () => {
  it('under version 2 is that of its root group', async () => {
    const files = {
      'cgroup.type': 'domain\n',
      'cpu.stat': 'usage_usec 3000007\nuser_usec 1\nsystem_usec 2\n',
      'memory.current': '1000000\n',
      'memory.stat': 'anon 5\nfile 400000\ninactive_file 300000\nactive_file 1\n',
    };
    expect(await useIn(files)).toEqual({ ...at, cpu_seconds_total: 3.000007, memory_bytes: 700_000 });
  });

  it('under version 1 beside version 2 is of the group of each that is its own', async () => {
    const files = {
      'unified/cgroup.type': 'domain\n',
      'unified/cpu.stat': 'usage_usec 1500000\n',
      'cpuacct/cpuacct.usage': '99999999999999\n',
      'cpuacct/release_agent': '\n',
      'memory/memory.usage_in_bytes': '2000\n',
      'memory/memory.stat': 'cache 500\ninactive_file 1\ntotal_inactive_file 500\n',
    };
    expect(await useIn(files)).toEqual({ ...at, cpu_seconds_total: 1.5, memory_bytes: 1500 });
  });

  it('under version 1 alone is that of cpuacct', async () => {
    const files = {
      'cpuacct/cpuacct.usage': '2500000000\n',
      'memory/memory.usage_in_bytes': '10\n',
      'memory/memory.stat': 'total_inactive_file 500\n',
    };
    expect(await useIn(files)).toEqual({ ...at, cpu_seconds_total: 2.5, memory_bytes: 0 });
  });

  it("is left out where only the host's group is seen", async () => {
    const files = {
      'cpu.stat': 'usage_usec 1500000\n',
      'cpuacct/cpuacct.usage': '2500000000\n',
      'cpuacct/release_agent': '\n',
      'memory/memory.usage_in_bytes': '10\n',
      'memory/release_agent': '\n',
    };
    expect(await useIn(files)).toEqual(at);
  });
});
