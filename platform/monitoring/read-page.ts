import parsePrometheusTextFormat from 'parse-prometheus-text-format';

/** What one page of the node exporter tells, as far as it is of use. Keys are CPUs and network devices. */
export interface Counters {
  /** When the page came, on this process's clock. */
  readonly at: number;
  /** Seconds of all kinds since boot, and those not idle; empty where the VM is a container. */
  readonly cpuSeconds: ReadonlyMap<string, { readonly all: number; readonly busy: number }>;
  /** Of a VM that is a container, as {@link machineUse} writes it; instants are the kernel's uptime. */
  readonly container?: {
    readonly sampledAtMs: number;
    readonly cpuSeconds?: number;
    readonly memoryBytes?: number;
  };
  readonly memory?: { readonly totalBytes: number; readonly availableBytes: number };
  /** Of the fullest file system that can be written to, as df tells it. */
  readonly diskPercent?: number;
  readonly networkBytes: ReadonlyMap<string, number>;
}

interface Point {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}
type Page = ReadonlyMap<string, readonly Point[]>;

/**
 * Time stolen by other VMs counts as busy: it was wanted. Time that waits for a disk does not. Throws where the text is
 * no such page.
 */
export function readPage(text: string, at: number): Counters {
  const page = pageOf(text);
  // The parser takes much for a page; a page of this exporter has all that follows.
  if (!page.has('node_filesystem_size_bytes') && !page.has('node_network_receive_bytes_total')) {
    throw new Error('no figures of a node exporter');
  }
  const container = containerOf(page);
  const memory = memoryOf(page);
  const diskPercent = diskPercentOf(page);
  return {
    at,
    cpuSeconds: cpuSecondsOf(page),
    networkBytes: networkBytesOf(page),
    ...(container && { container }),
    ...(memory && { memory }),
    ...(diskPercent !== undefined && { diskPercent }),
  };
}

const wanted = [
  'node_cpu_seconds_total',
  'node_filesystem_(?:size|free|avail)_bytes',
  'node_filesystem_readonly',
  'node_memory_Mem(?:Total|Available)_bytes',
  'node_network_(?:receive|transmit)_bytes_total',
  'trencadis_machine_\\w+',
];
const wantedLines = new RegExp(`^(?:${wanted.join('|')})[{ ].*$`, 'gm');

/**
 * Only what is wanted is parsed: a fifth of the page, and of the time. Values that are no finite numbers are left out.
 */
function pageOf(text: string): Page {
  const lines = text.match(wantedLines) ?? [];
  // Without a line feed after it, the parser leaves out the last line.
  return new Map(
    parsePrometheusTextFormat(`${lines.join('\n')}\n`).map(({ name, metrics }) => [
      name,
      metrics
        .map(({ labels = {}, value }) => ({ labels, value: Number(value) }))
        .filter(({ value }) => Number.isFinite(value)),
    ]),
  );
}

const pointsOf = (page: Page, name: string) => page.get(name) ?? [];
const valueOf = (page: Page, name: string) => pointsOf(page, name)[0]?.value;

function cpuSecondsOf(page: Page): Counters['cpuSeconds'] {
  const sums = new Map<string, { all: number; busy: number }>();
  for (const { labels, value } of pointsOf(page, 'node_cpu_seconds_total')) {
    const cpu = labels['cpu'] ?? '';
    const { all, busy } = sums.get(cpu) ?? { all: 0, busy: 0 };
    const isIdle = labels['mode'] === 'idle' || labels['mode'] === 'iowait';
    sums.set(cpu, { all: all + value, busy: isIdle ? busy : busy + value });
  }
  return sums;
}

function containerOf(page: Page): Counters['container'] {
  const sampledAt = valueOf(page, 'trencadis_machine_sampled_at_seconds');
  if (sampledAt === undefined) return undefined;
  const cpuSeconds = valueOf(page, 'trencadis_machine_cpu_seconds_total');
  const memoryBytes = valueOf(page, 'trencadis_machine_memory_bytes');
  return {
    sampledAtMs: sampledAt * 1000,
    ...(cpuSeconds !== undefined && { cpuSeconds }),
    ...(memoryBytes !== undefined && { memoryBytes }),
  };
}

function memoryOf(page: Page): Counters['memory'] {
  const totalBytes = valueOf(page, 'node_memory_MemTotal_bytes');
  const availableBytes = valueOf(page, 'node_memory_MemAvailable_bytes');
  return totalBytes && availableBytes !== undefined ? { totalBytes, availableBytes } : undefined;
}

/** What is kept for root is neither used nor free to others: `used / (used + available)`. */
function diskPercentOf(page: Page): number | undefined {
  const byPlace = (name: string) =>
    new Map(pointsOf(page, name).map(({ labels, value }) => [labels['mountpoint'], value]));
  const free = byPlace('node_filesystem_free_bytes');
  const available = byPlace('node_filesystem_avail_bytes');
  const readOnly = byPlace('node_filesystem_readonly');
  const percents = [...byPlace('node_filesystem_size_bytes')].flatMap(([place, size]) => {
    const used = size - (free.get(place) ?? size);
    const usable = used + (available.get(place) ?? 0);
    return readOnly.get(place) === 1 || usable <= 0 ? [] : [(used / usable) * 100];
  });
  return percents.length === 0 ? undefined : Math.max(...percents);
}

function networkBytesOf(page: Page): Counters['networkBytes'] {
  const counters = (direction: 'receive' | 'transmit') =>
    pointsOf(page, `node_network_${direction}_bytes_total`)
      .filter(({ labels }) => labels['device'] !== 'lo')
      .map(({ labels, value }) => [`${direction} ${labels['device']}`, value] as const);
  return new Map([...counters('receive'), ...counters('transmit')]);
}
