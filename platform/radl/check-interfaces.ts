import type { Checking } from './checking.ts';
import type { Feature, RadlSystem } from './model.ts';
import { printValue } from './print-value.ts';

/** Interfaces are numbered from 0 without a gap, each has a network, and their count is as said; so are disks. */
export function checkInterfaces(checking: Checking, system: RadlSystem): void {
  const keyed = system.features.filter((feature) => feature.kind !== 'soft');
  const interfaces = indicesOf(keyed, 'net_interface');
  const disks = indicesOf(keyed, 'disk');
  checkGap(checking, system, 'net_interface', interfaces);
  checkGap(checking, system, 'disk', disks);
  const connected = new Set(
    keyed.flatMap(({ key }) => /^net_interface\.(\d+)\.connection$/.exec(key)?.[1] ?? []),
  );
  for (const index of interfaces) {
    if (connected.has(index)) continue;
    const message = `interface ${index} of system ${system.id} has no network`;
    const hint = `add net_interface.${index}.connection = 'NETWORK'`;
    checking.report({ code: 'RADL317', span: system.span, message, hint });
  }
  checkCount(checking, keyed, interfaces.size);
}

function indicesOf(
  features: readonly Exclude<Feature, { readonly kind: 'soft' }>[],
  prefix: string,
): ReadonlySet<string> {
  return new Set(
    features.flatMap(({ key }) => {
      if (!key.startsWith(`${prefix}.`)) return [];
      const index = key.split('.')[1] ?? '';
      return /^\d+$/.test(index) ? [index] : [];
    }),
  );
}

function checkGap(
  checking: Checking,
  system: RadlSystem,
  prefix: string,
  indices: ReadonlySet<string>,
): void {
  let index = 0;
  while (indices.has(String(index))) index++;
  if (index === indices.size) return;
  // A document that only adds disk.1 to a system whose image comes from the catalog is sound; IM refuses it.
  const isSound = checking.dialect !== 'im' && prefix === 'disk' && index === 0;
  if (isSound) return;
  const message = `system ${system.id} has no ${prefix}.${index}, but a higher one: they are numbered from 0 without a gap`;
  checking.report({ code: 'RADL316', span: system.span, message });
}

function checkCount(checking: Checking, features: readonly Feature[], declared: number): void {
  if (checking.dialect === 'im') return;
  for (const feature of features) {
    if (feature.kind !== 'comparison' || feature.key !== 'net_interfaces.count') continue;
    if (feature.value.kind !== 'number' || feature.operator !== '=' || feature.value.value === declared)
      continue;
    const message = `net_interfaces.count is ${printValue(feature.value)}, but ${declared} interfaces are declared`;
    checking.report({
      code: 'RADL318',
      span: feature.span,
      message,
      hint: `write net_interfaces.count = ${declared}`,
    });
  }
}
