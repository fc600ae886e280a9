import type { VmSamples } from './model.ts';
import type { Counters } from './read-page.ts';

/** A rate over less is noise, over more is history. */
const leastElapsedMs = 500;
const mostElapsedMs = 300_000;

export interface Known {
  /** From which the next rates are counted. */
  readonly counters: Counters;
  readonly samples: VmSamples;
}

interface Size {
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

/**
 * The VM's samples by a new page and what was known before. A counter that is lower than before has begun anew from 0
 * (the VM was started again); a CPU or device that has come or gone counts from the next time on.
 */
export function nextSamples(before: Known | undefined, now: Counters, size: Size): Known {
  const { at } = now;
  const gauges = {
    ...sample('memory', memoryPercent(now, size), at),
    ...sample('disk', now.diskPercent, at),
  };
  if (before === undefined || now.at - before.counters.at > mostElapsedMs) {
    return { counters: now, samples: gauges };
  }
  if (now.at - before.counters.at < leastElapsedMs) {
    return { counters: before.counters, samples: { ...ratesOf(before.samples), ...gauges } };
  }
  if (now.container && now.container.sampledAtMs === before.counters.container?.sampledAtMs) {
    // Nothing new of the CPU: what was known stays, and grows old.
    const { cpu } = before.samples;
    return { counters: now, samples: { ...(cpu && { cpu }), ...network(before.counters, now), ...gauges } };
  }
  const cpu = sample('cpu', cpuPercent(before.counters, now, size.cpuCount), at);
  return { counters: now, samples: { ...cpu, ...network(before.counters, now), ...gauges } };
}

const sample = (metric: keyof VmSamples, value: number | undefined, at: number): VmSamples =>
  value === undefined ? {} : { [metric]: { at, value } };

const network = (before: Counters, now: Counters) => sample('network', bytesPerSecond(before, now), now.at);

function ratesOf({ cpu, network: bytes }: VmSamples): VmSamples {
  return { ...(cpu && { cpu }), ...(bytes && { network: bytes }) };
}

const inPercent = (part: number, whole: number) => Math.min(100, Math.max(0, (part / whole) * 100));

function memoryPercent({ container, memory }: Counters, { memoryMiB }: Size): number | undefined {
  if (container) {
    const { memoryBytes } = container;
    return memoryBytes === undefined ? undefined : inPercent(memoryBytes, memoryMiB * 2 ** 20);
  }
  return memory && inPercent(memory.totalBytes - memory.availableBytes, memory.totalBytes);
}

function cpuPercent(before: Counters, now: Counters, cpuCount: number): number | undefined {
  return now.container ? containerCpu(before, now, cpuCount) : machineCpu(before, now);
}

function containerCpu(before: Counters, now: Counters, cpuCount: number): number | undefined {
  const [was, is] = [before.container, now.container];
  if (was?.cpuSeconds === undefined || is?.cpuSeconds === undefined) return undefined;
  // The kernel's uptime is less: the host itself was started again.
  const elapsedMs = is.sampledAtMs - was.sampledAtMs;
  return elapsedMs < leastElapsedMs
    ? undefined
    : inPercent(increase(was.cpuSeconds, is.cpuSeconds) * 1000, elapsedMs * cpuCount);
}

function machineCpu(before: Counters, now: Counters): number | undefined {
  let [busy, all] = [0, 0];
  for (const [cpu, is] of now.cpuSeconds) {
    const was = before.cpuSeconds.get(cpu);
    if (was === undefined) continue;
    const isAnew = is.all < was.all;
    all += isAnew ? is.all : is.all - was.all;
    busy += isAnew ? is.busy : Math.max(0, is.busy - was.busy);
  }
  return all > 0 ? inPercent(busy, all) : undefined;
}

function bytesPerSecond(before: Counters, now: Counters): number | undefined {
  const grown = [...now.networkBytes].flatMap(([device, is]) => {
    const was = before.networkBytes.get(device);
    return was === undefined ? [] : [increase(was, is)];
  });
  if (grown.length === 0) return undefined;
  return grown.reduce((sum, bytes) => sum + bytes, 0) / ((now.at - before.at) / 1000);
}

const increase = (was: number, is: number) => (is < was ? is : is - was);
