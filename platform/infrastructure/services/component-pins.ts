import type { Component } from '@trencadis/component-repository';
import type { DesiredInfrastructure, Target } from '../model.ts';

/** Where there are replicas: the components that they are made with, so that later ones are made with the same. */
export function pinnedComponents(
  { components }: Pick<Target, 'components'>,
  { services, vms }: DesiredInfrastructure,
): Pick<Target, 'components'> {
  if (services.length === 0) return components === undefined ? {} : { components };
  const chosen = vms.flatMap(({ configurations }) => configurations.flatMap((each) => each.components));
  const pins = Object.fromEntries(chosen.map(({ fileName, digest }) => [fileName, digest]));
  return { components: { ...components, ...pins } };
}

/** Whether it may be used: another version than the one that is kept to may not. */
export function isPinned(
  { components }: Pick<Target, 'components'>,
  { fileName, digest }: Pick<Component, 'fileName' | 'digest'>,
): boolean {
  const pin = components?.[fileName];
  return pin === undefined || pin === digest;
}
