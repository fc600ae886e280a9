import type { Handlers } from '@trencadis/http';
import type { ServiceListView, ServiceVersionView, serviceApi } from './api.ts';
import type { ServiceVersion } from './model.ts';
import { parametersOf } from './parameters.ts';
import type { ServiceRepository } from './service.ts';

export function serviceHandlers(repository: ServiceRepository): Handlers<typeof serviceApi, unknown> {
  const versionOf = async (version: ServiceVersion): Promise<ServiceVersionView> => ({
    ...version,
    parameters: parametersOf(version),
    registeredAt: version.registeredAt.toISOString(),
    missing: await repository.missing(version),
  });
  const list = async (): Promise<ServiceListView> => {
    const { services, waiting } = await repository.list();
    const summaries = services.map(async ({ versions, ...service }) => ({
      ...service,
      versions: await Promise.all(versions.map(versionOf)),
    }));
    return { services: await Promise.all(summaries), waiting };
  };
  return {
    listServices: list,
    getService: async ({ params }) => {
      const { versions, ...service } = await repository.get(params.name);
      return { ...service, versions: await Promise.all(versions.map(versionOf)) };
    },
    renderService: ({ params, body }) => repository.render(params.name, body),
    validateService: async ({ body }) => ({ problems: await repository.validate(body) }),
    registerService: ({ body }) => repository.register(body),
    removeServiceVersion: async ({ params }) => {
      await repository.remove(params.name, params.version);
      return {};
    },
    importServices: async () => {
      await repository.importOwn();
      return list();
    },
  };
}
