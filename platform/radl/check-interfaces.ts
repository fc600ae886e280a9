import type { Checking } from './checking.ts';
import { findCheckedKey } from './feature-keys.ts';
import type { Feature, RadlSystem, Span } from './model.ts';
import { printValue } from './print-value.ts';

type Keyed = Exclude<Feature, { readonly kind: 'soft' }>;

/** Features whose indices count: those of a system, or of one of its soft groups. */
interface Group {
  readonly id: string;
  readonly features: readonly Keyed[];
  readonly span: Span;
}

/** Interfaces are numbered from 0 without a gap, each has a network, and their count is as said; so are disks. */
export function checkInterfaces(checking: Checking, system: RadlSystem): void {
  const features = keyed(system.features);
  const interfaces = checkGroup(checking, { id: system.id, features, span: system.span });
  checkCount(checking, features, interfaces.size);
  if (checking.dialect !== 'im') return;
  // IM counts in each soft group as if it were a system of its own.
  for (const feature of system.features) {
    if (feature.kind === 'soft') {
      checkGroup(checking, { id: system.id, features: keyed(feature.features), span: feature.span });
    }
  }
}

function keyed(features: readonly Feature[]): readonly Keyed[] {
  return features.filter((feature) => feature.kind !== 'soft');
}

/** The indices of the interfaces. */
function checkGroup(checking: Checking, group: Group): ReadonlySet<number> {
  for (const feature of group.features) checkIndex(checking, feature);
  const interfaces = indicesOf(checking, group, 'net_interface');
  checkGap(checking, group, 'net_interface', interfaces);
  checkGap(checking, group, 'disk', indicesOf(checking, group, 'disk'));
  const connected = new Set(
    group.features.flatMap(({ key }) => {
      const index = /^net_interface\.(\d+)\.connection$/.exec(key)?.[1];
      return index === undefined ? [] : [Number(index)];
    }),
  );
  for (const index of interfaces) {
    if (connected.has(index)) continue;
    const message = `interface ${index} of system ${group.id} has no network`;
    const hint = `add net_interface.${index}.connection = 'NETWORK'`;
    checking.report({ code: 'RADL317', span: group.span, message, hint });
  }
  return interfaces;
}

function checkIndex(checking: Checking, { key, span }: Keyed): void {
  const index = /^(?:disk|net_interface)\.([^.]*)/.exec(key)?.[1];
  if (index === undefined || /^\d+$/.test(index)) return;
  const message = `"${key}" needs a number behind its first point`;
  checking.report({ code: 'RADL316', span, message });
}

function indicesOf(checking: Checking, { features }: Group, prefix: string): ReadonlySet<number> {
  return new Set(
    features.flatMap(({ key }) => {
      const index = key.startsWith(`${prefix}.`) ? (key.split('.')[1] ?? '') : '';
      return /^\d+$/.test(index) && counts(checking, key) ? [Number(index)] : [];
    }),
  );
}

/** A key nobody knows does not count; for IM, one that it does not check neither. */
function counts({ dialect }: Checking, key: string): boolean {
  const row = findCheckedKey(key);
  return row !== undefined && (dialect !== 'im' || (row.isCheckedByIm && row.format !== 'password'));
}

function checkGap(checking: Checking, group: Group, prefix: string, indices: ReadonlySet<number>): void {
  let index = 0;
  while (indices.has(index)) index++;
  if (index === indices.size) return;
  // A document that only adds disk.1 to a system whose image comes from the catalog is sound; IM refuses it.
  const isSound = checking.dialect !== 'im' && prefix === 'disk' && index === 0;
  if (isSound) return;
  const message = `system ${group.id} has no ${prefix}.${index}, but a higher one: they are numbered from 0 without a gap`;
  checking.report({ code: 'RADL316', span: group.span, message });
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
