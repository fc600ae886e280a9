import { parseArgs } from 'node:util';
import { systemClock } from '@trencadis/clock';
import { readConfig } from '@trencadis/config';
import { listen } from '@trencadis/http';
import { createLog } from '@trencadis/log';
import { createSimulator } from '@trencadis/vmm-memory/simulator';
import { z } from 'zod';

const usage = `Usage: vmm-simulator [--port N] [--latency-ms N] [--failure-rate 0..1] ...

Serves a simulated VM manager: its VMs exist in this process's memory and nowhere else.

  --host ADDRESS         default 127.0.0.1
  --port N               default 8077; 0 takes any free one, and the log says which
  --latency-ms N         how long each call takes; default 0
  --boot-ms N            how long a VM is 'creating'; default 0
  --failure-rate N       share of calls that fail, before or after the act; default 0
  --failure-seed N       which calls those are; default 1
  --quota-vms N, --quota-cpu-count N, --quota-memory-mib N, --quota-networks N, --quota-disk-gib N

Each can be given in the environment, which wins: SIMULATOR_PORT, SIMULATOR_LATENCY_MS, ...
The token of its callers only there: SIMULATOR_TOKEN, or SIMULATOR_TOKEN_FILE.
GET /healthz answers when it serves; SIGTERM stops it.
`;

const count = z.coerce.number<string | number>().min(0);
const settingsSchema = z.object({
  simulatorToken: z.string().min(1),
  simulatorHost: z.string().default('127.0.0.1'),
  simulatorPort: count.max(65_535).default(8077),
  simulatorLatencyMs: count.default(0),
  simulatorBootMs: count.default(0),
  simulatorFailureRate: count.max(1).default(0),
  simulatorFailureSeed: count.default(1),
  simulatorQuotaVms: count.exactOptional(),
  simulatorQuotaCpuCount: count.exactOptional(),
  simulatorQuotaMemoryMib: count.exactOptional(),
  simulatorQuotaNetworks: count.exactOptional(),
  simulatorQuotaDiskGib: count.exactOptional(),
});
type Settings = z.output<typeof settingsSchema>;

/** `simulatorLatencyMs` -> `latency-ms`; the token is no flag: arguments are seen by every user of a host. */
const flags = new Map(
  Object.keys(settingsSchema.shape)
    .filter((key) => key !== 'simulatorToken')
    .map((key) => [
      key
        .slice('simulator'.length)
        .replace(/\B[A-Z]/g, '-$&')
        .toLowerCase(),
      key,
    ]),
);

function readFlags(): string | undefined {
  const names = [...flags.keys(), 'help'];
  const { values } = parseArgs({
    options: Object.fromEntries(
      names.map((name) => [name, { type: name === 'help' ? 'boolean' : 'string' }]),
    ),
  });
  if (values['help'] === true) return undefined;
  return JSON.stringify(Object.fromEntries([...flags].map(([flag, key]) => [key, values[flag]])));
}

function quotaOf(settings: Settings) {
  const limits = {
    vms: settings.simulatorQuotaVms,
    cpuCount: settings.simulatorQuotaCpuCount,
    memoryMiB: settings.simulatorQuotaMemoryMib,
    networks: settings.simulatorQuotaNetworks,
    diskGiB: settings.simulatorQuotaDiskGib,
  };
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

async function serve(settings: Settings): Promise<void> {
  const log = createLog({ name: 'vmm-simulator' });
  const stop = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => stop.abort());
  const server = await createSimulator({
    clock: systemClock,
    token: settings.simulatorToken,
    latencyMs: settings.simulatorLatencyMs,
    bootMs: settings.simulatorBootMs,
    failures: { rate: settings.simulatorFailureRate, seed: settings.simulatorFailureSeed },
    quota: quotaOf(settings),
    log,
    signal: stop.signal,
  });
  const url = await listen(server, { host: settings.simulatorHost, port: settings.simulatorPort });
  log.info({ url }, 'listening');
}

try {
  const fileText = readFlags();
  if (fileText === undefined) process.stdout.write(usage);
  else await serve(readConfig(settingsSchema, { fileText }));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
