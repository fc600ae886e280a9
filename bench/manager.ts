/**
 * The infrastructure manager as its users meet it: the real process over HTTP, with the simulated VM manager (no latency)
 * and PostgreSQL in processes of their own. CPU is that of the platform's process alone.
 * `node bench/manager.ts 10000` also tells its memory with so many VMs.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { startLoadSender } from '@trencadis/http/testing';
import type { InfrastructureId, PlanId } from '@trencadis/ids';
import { type InfrastructureClient, createInfrastructureClient } from '@trencadis/infrastructure/client';
import { createLog } from '@trencadis/log';
import { startEmbeddedPostgres } from '@trencadis/postgres';
import { PlatformProcess } from '../tests/torture/platform-process.ts';
import { TortureSite } from '../tests/torture/torture-site.ts';
import { showFigure } from './report/show-figure.ts';

const goals = {
  stateCpuMs: 1,
  stateRequestsPerSecond: 1_000,
  addCpuMs: 20,
  coldStartCpuSeconds: 1,
  memoryMiB: 250,
};
const connections = 8;
const stateRequests = 8_000;
const additions = 20;
const ticksPerSecond = 100;
const planDeadlineMs = 600_000;

/** User and system time that the process has had so far (proc(5), fields 14 and 15). */
async function cpuSecondsOf({ processId }: PlatformProcess): Promise<number> {
  const text = await readFile(`/proc/${processId}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

async function memoryMiBOf({ processId }: PlatformProcess): Promise<number> {
  const text = await readFile(`/proc/${processId}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(text)?.[1]) / 1024;
}

/** Mean CPU seconds of a start on a folder and database that are there; the first one compiles and does not count. */
async function coldStart(site: TortureSite, starts: number): Promise<number> {
  let cpuSeconds = 0;
  for (let start = 0; start <= starts; start += 1) {
    const platform = PlatformProcess.start(site.place);
    await platform.ready;
    if (start > 0) cpuSeconds += await cpuSecondsOf(platform);
    await platform.stop();
  }
  return cpuSeconds / starts;
}

const documentOf = (vmCount: number): string => `network private ()
system node (
  cpu.count >= 1 and memory.size >= 512Mi and disk.0.os.name = 'linux' and
  net_interface.0.connection = 'private'
)
deploy node ${vmCount}
`;

class Bench {
  readonly #client: InfrastructureClient;
  readonly #platform: PlatformProcess;

  constructor(client: InfrastructureClient, platform: PlatformProcess) {
    this.#client = client;
    this.#platform = platform;
  }

  async cpuMsOf(work: () => Promise<unknown>): Promise<number> {
    const before = await cpuSecondsOf(this.#platform);
    await work();
    return ((await cpuSecondsOf(this.#platform)) - before) * 1_000;
  }

  async deploy(vmCount: number): Promise<InfrastructureId> {
    const radl = documentOf(vmCount);
    const document = { radl, dialect: 'trencadis' as const, parameters: {} };
    const planned = await this.#client.plan({ body: { name: `nodes-${vmCount}`, document } });
    await this.#run(planned);
    if (planned.kind === 'problems') throw new Error('unreachable');
    return planned.infrastructure.id as InfrastructureId;
  }

  async addOne(infrastructureId: InfrastructureId): Promise<void> {
    const body = { kind: 'add', radl: 'system node\ndeploy node 1', dialect: 'im' } as const;
    await this.#run(await this.#client.planChange({ params: { infrastructureId }, body }));
  }

  async #run(planned: Awaited<ReturnType<InfrastructureClient['plan']>>): Promise<void> {
    if (planned.kind === 'problems') throw new Error(JSON.stringify(planned.diagnostics));
    const planId = planned.plan.id as PlanId;
    await this.#client.apply({ params: { planId }, body: {} });
    const signal = AbortSignal.timeout(planDeadlineMs);
    for await (const { kind, text } of this.#client.followPlan(
      { params: { planId }, query: {} },
      { signal },
    )) {
      if (kind === 'failed') throw new Error(text);
    }
  }
}

function show(label: string, value: number, { unit, goal }: { unit: string; goal: number }): void {
  showFigure({ label, value: `${value.toFixed(2)} ${unit}`, ratio: goal / value });
}

const sender = startLoadSender();

async function measure(site: TortureSite, vmCounts: readonly number[]): Promise<void> {
  const platform = PlatformProcess.start(site.place);
  try {
    const options = { baseUrl: await platform.ready, token: site.token, timeoutMs: planDeadlineMs };
    await using client = createInfrastructureClient(options);
    const bench = new Bench(client, platform);
    const five = await bench.deploy(500);
    const load = {
      baseUrl: options.baseUrl,
      path: `/api/infrastructures/${five}`,
      headers: { authorization: `Bearer ${site.token}` },
      status: 200,
      connectionCount: connections,
    };
    await sender.send({ ...load, requestCount: stateRequests / 5 });
    let tookMs = 0;
    const cpuMs = await bench.cpuMsOf(async () => {
      tookMs = await sender.send({ ...load, requestCount: stateRequests });
    });
    const perSecond = (stateRequests / tookMs) * 1_000;
    show('CPU, state of 500 VMs', cpuMs / stateRequests, { unit: 'ms', goal: goals.stateCpuMs });
    showFigure({
      label: 'states of 500 VMs a second, 8 connections',
      value: perSecond.toFixed(0),
      ratio: perSecond / goals.stateRequestsPerSecond,
    });
    const thousand = await bench.deploy(1_000);
    await bench.addOne(thousand);
    const addMs = await bench.cpuMsOf(async () => {
      for (let count = 0; count < additions; count += 1) await bench.addOne(thousand);
    });
    show('CPU, adding one VM to 1,000', addMs / additions, { unit: 'ms', goal: goals.addCpuMs });
    for (const vmCount of vmCounts) {
      const deployMs = await bench.cpuMsOf(() => bench.deploy(vmCount));
      show(`CPU, ${vmCount} VMs to running`, deployMs / 1_000, { unit: 's', goal: vmCount / 500 });
      await systemClock.sleep(10_000);
      const unit = { unit: 'MiB', goal: goals.memoryMiB };
      show(`memory with ${vmCount} VMs more, 10 s later`, await memoryMiBOf(platform), unit);
    }
  } finally {
    await platform.stop();
  }
}

const directory = await mkdtemp(join(tmpdir(), 'trencadis-bench-'));
const log = createLog({ name: 'bench', level: 'warn' });
const server = await startEmbeddedPostgres({ directory, log });
try {
  await using site = await TortureSite.create(server.url, { seed: 1, failureRate: 0, latencyMs: 0 });
  const start = await coldStart(site, 3);
  show('CPU, start on a folder that is there', start, { unit: 's', goal: goals.coldStartCpuSeconds });
  await measure(site, process.argv.slice(2).map(Number));
} finally {
  sender.stop();
  await server.stop();
  await rm(directory, { recursive: true, force: true });
}
