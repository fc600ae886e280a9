import type { Component, ComponentRepository } from '@trencadis/component-repository';
import type { ServiceStore } from '@trencadis/service-repository';

interface Parts {
  readonly services: Pick<ServiceStore, 'list'>;
  readonly components: Pick<ComponentRepository, 'list'>;
}

/** The registered services that would be without a file of that name if this version of it were removed. */
export async function serviceReferences(
  { services, components }: Parts,
  { fileName, version }: Pick<Component, 'fileName' | 'version'>,
): Promise<readonly string[]> {
  const others = (await components.list()).some(
    (other) => other.fileName === fileName && other.version !== version,
  );
  if (others) return [];
  const registered = await services.list();
  return registered
    .filter(({ needs, status }) => status.kind === 'released' && needs.components.includes(fileName))
    .map((service) => `service ${service.name} ${service.version}`);
}
