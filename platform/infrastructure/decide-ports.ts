import type { OpenPorts } from '@trencadis/vmm';
import { placeOf } from './decide-changes.ts';
import type { DesiredNetwork, ObservedNetwork } from './model.ts';

/** A public network that is there and opens other ports than those asked for. */
export interface PortChange {
  readonly network: DesiredNetwork;
  /** What it opens now. */
  readonly previous: readonly OpenPorts[];
  /** In words. */
  readonly opened: readonly string[];
  readonly closed: readonly string[];
}

/**
 * What networks open, as their VM managers keep it: where every port is open anyway, that is what was asked for. A
 * private network opens none.
 */
export function decidePorts(
  desired: readonly DesiredNetwork[],
  observed: readonly ObservedNetwork[],
): readonly PortChange[] {
  const there = new Map(observed.map((network) => [placeOf(network), network]));
  return desired.flatMap((network) => {
    const present = there.get(placeOf(network));
    if (present === undefined || network.kind === 'private' || present.kind === 'private') return [];
    const previous = present.openPorts ?? [];
    const [wanted, has] = [wordsOf(network.openPorts ?? []), wordsOf(previous)];
    const opened = wanted.filter((each) => !has.includes(each));
    const closed = has.filter((each) => !wanted.includes(each));
    if (opened.length + closed.length === 0) return [];
    // Its range stays, whatever the document asks of a new one.
    const kept = network.subnet === undefined ? network : { ...network, subnet: present.subnet };
    return [{ network: kept, previous, opened, closed }];
  });
}

/** Ports in words, `9000-9010/tcp`, in order; what overlaps is one range, however it was written. */
export function wordsOf(ports: readonly OpenPorts[]): readonly string[] {
  const groups = Map.groupBy(ports.map(plain), ({ protocol, source = '', localPort = '' }) =>
    [protocol, source, localPort].join(' '),
  );
  const all = [...groups.values()].flatMap((group) =>
    group[0]?.localPort === undefined ? merged(group) : group,
  );
  return [...new Set(all.toSorted((one, other) => one.from - other.from || one.to - other.to).map(inWords))];
}

function plain({ source, localPort, ...ports }: OpenPorts): OpenPorts {
  const range = ports.protocol === 'icmp' ? { from: 0, to: 0 } : {};
  return {
    ...ports,
    ...range,
    ...(localPort === undefined || localPort === ports.from ? {} : { localPort }),
    ...(source === undefined || source === '0.0.0.0/0' ? {} : { source }),
  };
}

function merged(group: readonly OpenPorts[]): readonly OpenPorts[] {
  const ranges: OpenPorts[] = [];
  for (const each of group.toSorted((one, other) => one.from - other.from)) {
    const last = ranges.at(-1);
    if (last === undefined || each.from > last.to + 1) ranges.push(each);
    else ranges[ranges.length - 1] = { ...last, to: Math.max(last.to, each.to) };
  }
  return ranges;
}

function inWords({ protocol, from, to, localPort, source }: OpenPorts): string {
  const range = to === from ? `${from}` : `${from}-${to}`;
  const ports = localPort === undefined ? range : `${from} to ${localPort}`;
  const opened = protocol === 'icmp' ? 'icmp' : `${ports}/${protocol}`;
  return source === undefined ? opened : `${opened} for ${source}`;
}
