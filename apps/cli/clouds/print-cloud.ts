import type { CloudClient, CloudView } from '@trencadis/vmm-sites/client';
import { printTable } from '../print-table.ts';
import type { CloudChange } from './add-clouds.ts';

export function rowOf({ key, product, endpoint = '', groups = [], price }: CloudView): readonly string[] {
  const { currency = '', ...rates } = price ?? {};
  const prices = Object.entries(rates).map(([unit, rate]) => `${unit}=${rate}`);
  return [key, product, endpoint, groups.join(','), [...prices, currency].join(' ').trim()];
}

const signs = { added: '+', changed: '~', unchanged: '=' } as const;

/** One line a cloud: `+` is new, `~` changes, `=` stays. */
export function printChanges(changes: readonly CloudChange[]): string {
  return printTable(changes.map((each) => [signs[each.change], ...rowOf(each)]));
}

type Shown = Awaited<ReturnType<CloudClient['showCloud']>>;

export function printShown({ cloud, capabilities }: Shown): string {
  const { key, product, endpoint, owner, groups, price } = cloud;
  const { product: _, update, ...others } = capabilities;
  const able = { ...others, 'update size': update.size, 'update disks': update.disks };
  const facts = [
    ['name', key],
    ['product', product],
    ['endpoint', endpoint ?? ''],
    ['owner', owner],
    ['groups', groups?.join(', ') ?? ''],
    ['price', price === undefined ? '' : JSON.stringify(price)],
  ].filter(([, value]) => value !== '');
  const abilities = Object.entries(able).map(([name, value]) => [`  ${name}`, wordOf(value)]);
  return `${printTable(facts)}it is able to:\n${printTable(abilities)}`;
}

function wordOf(value: string | boolean): string {
  if (typeof value === 'string') return value;
  return value ? 'yes' : 'no';
}

type Checks = Awaited<ReturnType<CloudClient['testCloud']>>['checks'];
type Quota = Awaited<ReturnType<CloudClient['cloudQuota']>>;

/** Each right with `ok` or `no` and why, then what is granted. */
export function printTest(checks: Checks, quota: Quota): string {
  const rows = checks.map(({ right, holds, because }) => [holds ? 'ok' : 'no', right, because]);
  const grants = Object.entries(quota).map(([unit, { used, limit }]) => [unit, `${used} of ${limit}`]);
  return printTable(rows) + printTable(grants);
}
