import type { Handlers } from '@trencadis/http';
import type { ServiceListView, ServiceVersionView, serviceApi } from './api.ts';
import type { ServiceVersion } from './model.ts';
import { parametersOf } from './parameters.ts';
import type { ServiceRepository } from './service.ts';

export function serviceHandlers(repository: ServiceRepository): Handlers<typeof serviceApi, unknown> {
  const list = async (): Promise<ServiceListView> => {
    const { services, waiting } = await repository.list();
    const missing = await repository.missingNow(services.flatMap(({ versions }) => versions));
    const summaries = services.map(({ versions, ...service }) => ({
      ...service,
      versions: versions.map((each) => {
        const { version, status, registeredAt } = each;
        return { version, status, registeredAt: registeredAt.toISOString(), missing: missing(each) };
      }),
    }));
    return { services: summaries, waiting };
  };
  return {
    listServices: list,
    getService: async ({ params }) => {
      const { versions, ...service } = await repository.get(params.name);
      const missing = await repository.missingNow(versions);
      return { ...service, versions: versions.map((each) => viewOf(each, missing(each))) };
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

function viewOf(version: ServiceVersion, missing: readonly string[]): ServiceVersionView {
  const registeredAt = version.registeredAt.toISOString();
  return { ...version, parameters: parametersOf(version), registeredAt, missing };
}
