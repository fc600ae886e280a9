export interface PageFigures {
  /** Seconds by mode, of CPU 0. */
  readonly cpu?: Readonly<Record<string, number>>;
  readonly memory?: { readonly total: number; readonly available: number };
  readonly container?: { readonly sampledAt: number; readonly cpu?: number; readonly memory?: number };
  readonly disks?: readonly {
    readonly place: string;
    readonly size: number;
    readonly free: number;
    readonly available: number;
    readonly isReadOnly?: boolean;
  }[];
  /** Bytes received, by device. */
  readonly network?: Readonly<Record<string, number>>;
}

type Points = readonly (readonly [labels: string, value: number])[];

/** A page as node_exporter 1.5 writes it. */
export function exporterPage(figures: PageFigures): string {
  const { cpu = {}, network = {}, disks = [] } = figures;
  const families: Readonly<Record<string, Points>> = {
    node_cpu_seconds_total: Object.entries(cpu).map(([mode, value]) => [`cpu="0",mode="${mode}"`, value]),
    node_filesystem_avail_bytes: disks.map(({ place, available }) => [labelsOf(place), available]),
    node_filesystem_free_bytes: disks.map(({ place, free }) => [labelsOf(place), free]),
    node_filesystem_readonly: disks.map(({ place, isReadOnly = false }) => [
      labelsOf(place),
      Number(isReadOnly),
    ]),
    node_filesystem_size_bytes: disks.map(({ place, size }) => [labelsOf(place), size]),
    ...memoryFamilies(figures),
    node_network_receive_bytes_total: Object.entries(network).map(([device, value]) => [
      `device="${device}"`,
      value,
    ]),
    ...containerFamilies(figures),
  };
  return Object.entries(families)
    .filter(([, points]) => points.length > 0)
    .map(([name, points]) => {
      const lines = points.map(([labels, value]) => `${name}${labels && `{${labels}}`} ${value}\n`);
      return `# HELP ${name} What it says.\n# TYPE ${name} untyped\n${lines.join('')}`;
    })
    .join('');
}

const labelsOf = (place: string) => `device="/dev/vda1",fstype="ext4",mountpoint="${place}"`;
const single = (value: number | undefined): Points => (value === undefined ? [] : [['', value]]);

const memoryFamilies = ({ memory }: PageFigures) => ({
  node_memory_MemAvailable_bytes: single(memory?.available),
  node_memory_MemTotal_bytes: single(memory?.total),
});

const containerFamilies = ({ container }: PageFigures) => ({
  trencadis_machine_cpu_seconds_total: single(container?.cpu),
  trencadis_machine_memory_bytes: single(container?.memory),
  trencadis_machine_sampled_at_seconds: single(container?.sampledAt),
});
