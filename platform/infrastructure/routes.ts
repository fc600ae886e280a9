import { parseInstant } from '@trencadis/clock';
import type { Handlers } from '@trencadis/http';
import type { InfrastructureId } from '@trencadis/ids';
import type { SagaRunner } from '@trencadis/saga';
import { type Access, type InfrastructureCaller, requireAccess } from './access.ts';
import type { infrastructureApi } from './api.ts';
import type { AuditSink } from './audit-sink.ts';
import type { Infrastructure } from './model.ts';
import { planHandlers } from './plan-routes.ts';
import type { InfrastructureService } from './service.ts';
import type { StatusCache } from './status-cache.ts';
import type { StepWorld } from './step-world.ts';
import { transferHandlers } from './transfer-routes.ts';
import { planView, viewOf } from './views.ts';

export interface InfrastructureHandlersParts {
  readonly service: InfrastructureService;
  readonly sagas: SagaRunner<StepWorld>;
  readonly statuses: StatusCache;
  readonly world: StepWorld;
  readonly audit?: AuditSink;
}

type AllHandlers = Handlers<typeof infrastructureApi, InfrastructureCaller>;

export function infrastructureHandlers(parts: InfrastructureHandlersParts): AllHandlers {
  const { service, statuses } = parts;
  const own: Own = (id, caller, needed) => infrastructureFor(service, id, { caller, needed });
  return {
    ...planHandlers(parts),
    ...transferHandlers(parts),
    ...reading(parts, own),
    changeTerms: async ({ params, body: { expiresAt, ...terms }, caller }) => {
      const { id } = await own(params.infrastructureId, caller, 'own');
      const lease =
        expiresAt === undefined ? {} : { expiresAt: expiresAt === null ? null : parseInstant(expiresAt) };
      const changed = await service.changeTerms(id, { ...terms, ...lease, actor: caller.owner });
      statuses.forget(id);
      return viewOf(changed);
    },
    destroy: async ({ params, caller, signal }) => {
      const { id } = await own(params.infrastructureId, caller, 'change');
      const plan = await service.destroy(id, { actor: caller.owner }, signal);
      statuses.forget(id);
      return planView(plan);
    },
    ...vmHandlers(service),
  };
}

function vmHandlers(service: InfrastructureService): Pick<AllHandlers, 'authority' | 'shell' | 'console'> {
  const own: Own = (id, caller, needed) => infrastructureFor(service, id, { caller, needed });
  return {
    authority: async ({ params, caller }) =>
      service.authority(await own(params.infrastructureId, caller, 'read')),
    shell: async ({ params, caller, signal }) => {
      const infrastructure = await own(params.infrastructureId, caller, 'change');
      return service.shellEndpoint(infrastructure, params.vmName, signal);
    },
    console: async ({ params, caller, signal }) => {
      const infrastructure = await own(params.infrastructureId, caller, 'read');
      return { text: await service.readConsole(infrastructure, params.vmName, signal) };
    },
  };
}

type Own = (id: InfrastructureId, caller: InfrastructureCaller, needed: Access) => Promise<Infrastructure>;

function reading(
  { service, statuses }: InfrastructureHandlersParts,
  own: Own,
): Pick<
  Handlers<typeof infrastructureApi, InfrastructureCaller>,
  'list' | 'status' | 'drift' | 'getDocument'
> {
  return {
    list: async ({ caller }) => {
      const infrastructures = await service.list(caller);
      const phases = await service.listPhases(infrastructures);
      const views = infrastructures.map((each) => ({
        ...viewOf(each),
        phase: phases.get(each.id) ?? ('planned' as const),
      }));
      return { infrastructures: views };
    },
    status: async ({ params: { infrastructureId }, query, caller }) => {
      const { infrastructure, answer } = await statuses.get(infrastructureId, query);
      requireAccess(infrastructure, caller, 'read');
      return answer;
    },
    drift: async ({ params, caller, signal }) =>
      service.drift(await own(params.infrastructureId, caller, 'read'), signal),
    getDocument: async ({ params, caller }) => {
      const { radl, dialect, parameters } = await own(params.infrastructureId, caller, 'read');
      return { radl, dialect, parameters: { ...parameters } };
    },
  };
}

async function infrastructureFor(
  service: InfrastructureService,
  id: InfrastructureId,
  { caller, needed }: { readonly caller: InfrastructureCaller; readonly needed: Access },
): Promise<Infrastructure> {
  const infrastructure = await service.get(id);
  requireAccess(infrastructure, caller, needed);
  return infrastructure;
}
