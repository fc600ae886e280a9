import { PlatformError } from '@trencadis/errors';
import type { Handlers } from '@trencadis/http';
import type { InfrastructureId } from '@trencadis/ids';
import {
  type Access,
  type Infrastructure,
  type InfrastructureCaller,
  requireAccess,
} from '@trencadis/infrastructure';
import type { serviceControlApi } from './api.ts';
import type { GroupChange } from './change-group.ts';
import type { Group, GroupKey } from './fleet.ts';
import { keyOf } from './group-record.ts';
import type { KnownService, ServiceControl } from './service-control.ts';
import type { ServiceTokens } from './service-tokens.ts';
import { evaluationView, eventView, listedView, statusView } from './views.ts';

export interface ServiceControlHandlersParts {
  readonly control: ServiceControl;
  readonly tokens: Pick<ServiceTokens, 'issue'>;
  readonly infrastructures: {
    get(id: InfrastructureId): Promise<Infrastructure>;
    list(caller: InfrastructureCaller): Promise<readonly Infrastructure[]>;
  };
}

/** A person, or the replicas of a service. */
export interface ServiceCaller extends InfrastructureCaller {
  readonly reportsFor?: GroupKey;
}

type AllHandlers = Handlers<typeof serviceControlApi, ServiceCaller>;
type OperatorRoute =
  | 'scaleService'
  | 'suspendService'
  | 'resumeService'
  | 'protectReplicas'
  | 'standByReplicas'
  | 'thawService'
  | 'rollService';
type HistoryRoute = 'listEvaluations' | 'followServiceEvents';
type ReadingRoute = 'listAllDeployedServices' | 'listDeployedServices' | 'serviceStatus';

const shownDecisions = 5;

export function serviceControlHandlers(parts: ServiceControlHandlersParts): AllHandlers {
  const asking = new Asking(parts);
  return {
    ...reading(parts, asking),
    ...operating(parts, asking),
    ...history(parts, asking),
    ...serving(parts, asking),
  };
}

interface Asked {
  readonly params: { readonly infrastructureId: InfrastructureId; readonly service: string };
  readonly caller: ServiceCaller;
  readonly signal: AbortSignal;
}

/** Who may ask for what; then what they ask for. */
class Asking {
  readonly #parts: ServiceControlHandlersParts;

  constructor(parts: ServiceControlHandlersParts) {
    this.#parts = parts;
  }

  async infrastructure(
    {
      params,
      caller,
    }: { readonly params: Pick<Asked['params'], 'infrastructureId'> } & Pick<Asked, 'caller'>,
    needed: Access,
  ): Promise<Infrastructure> {
    const infrastructure = await this.#parts.infrastructures.get(params.infrastructureId);
    requireAccess(infrastructure, caller, needed);
    return infrastructure;
  }

  async service(asked: Asked, needed: Access): Promise<KnownService> {
    const { id } = await this.infrastructure(asked, needed);
    return this.#parts.control.get({ infrastructureId: id, serviceId: asked.params.service }, asked.signal);
  }

  async group(asked: Asked, needed: Access): Promise<Group> {
    return (await this.service(asked, needed)).group;
  }

  /** Of whom the service's own token is enough. */
  async reported(asked: Asked): Promise<Group> {
    const { params, caller, signal } = asked;
    const { reportsFor } = caller;
    if (reportsFor === undefined) return this.group(asked, 'change');
    const key = { infrastructureId: params.infrastructureId, serviceId: params.service };
    if (keyOf(key) === keyOf(reportsFor)) return (await this.#parts.control.get(key, signal)).group;
    const message = `This token is for service '${reportsFor.serviceId}' of ${reportsFor.infrastructureId}, and for no other.`;
    throw new PlatformError('forbidden', message, { subject: params.service });
  }

  async status(known: KnownService, signal: AbortSignal) {
    const query = { limit: shownDecisions, onlyDecisions: true };
    return statusView(known, await this.#parts.control.evaluations(known.group, query, signal));
  }
}

function reading(
  { control, infrastructures }: ServiceControlHandlersParts,
  asking: Asking,
): Pick<AllHandlers, ReadingRoute> {
  const listed = async (ids: readonly InfrastructureId[], signal: AbortSignal) => ({
    services: (await control.list(ids, signal)).map(listedView),
  });
  return {
    listAllDeployedServices: async ({ caller, signal }) => {
      const readable = await infrastructures.list(caller);
      return listed(
        readable.map(({ id }) => id),
        signal,
      );
    },
    listDeployedServices: async ({ signal, ...asked }) => {
      const { id } = await asking.infrastructure(asked, 'read');
      return listed([id], signal);
    },
    serviceStatus: async (asked) => asking.status(await asking.service(asked, 'read'), asked.signal),
  };
}

function operating(
  { control }: ServiceControlHandlersParts,
  asking: Asking,
): Pick<AllHandlers, OperatorRoute> {
  const change = async (asked: Asked, wanted: GroupChange) => {
    const known = await asking.service(asked, 'change');
    const { signal } = asked;
    const changed = await control.change(known, wanted, { actor: asked.caller.owner, signal });
    return asking.status(changed, signal);
  };
  return {
    scaleService: (asked) => change(asked, { kind: 'scale', ...asked.body }),
    suspendService: (asked) => change(asked, { kind: 'suspend', ...asked.body }),
    resumeService: (asked) => change(asked, { kind: 'resume', ...asked.body }),
    protectReplicas: (asked) => change(asked, { kind: 'protect', ...asked.body }),
    standByReplicas: (asked) => change(asked, { kind: 'standby', ...asked.body }),
    thawService: (asked) => change(asked, { kind: 'thaw' }),
    rollService: (asked) => change(asked, { kind: 'roll', ...asked.body }),
  };
}

function history({ control }: ServiceControlHandlersParts, asking: Asking): Pick<AllHandlers, HistoryRoute> {
  return {
    listEvaluations: async (asked) => {
      const group = await asking.group(asked, 'read');
      const { limit, decisions: onlyDecisions, snapshots: hasSnapshot } = asked.query;
      const evaluations = await control.evaluations(group, { limit, onlyDecisions }, asked.signal);
      return { evaluations: evaluations.map((each) => evaluationView(each, { hasSnapshot })) };
    },
    followServiceEvents: async (asked) => {
      const group = await asking.group(asked, 'read');
      const events = control.events(group, asked.query, asked.signal);
      return views(events);
    },
  };
}

function serving(
  { control, tokens }: ServiceControlHandlersParts,
  asking: Asking,
): Pick<AllHandlers, 'rollBackService' | 'issueServiceToken' | 'signalHook' | 'pushMetrics' | 'beat'> {
  return {
    issueServiceToken: async (asked) => {
      const { infrastructureId, serviceId } = await asking.group(asked, 'change');
      const issued = await tokens.issue({ infrastructureId, serviceId }, asked.body.expiresInDays);
      return { token: issued.token, expiresAt: issued.expiresAt.toISOString() };
    },
    rollBackService: async (asked) => {
      const group = await asking.group(asked, 'change');
      const planId = await control.rollBack(group, asked.caller.owner, asked.signal);
      return planId === undefined ? {} : { planId };
    },
    signalHook: async (asked) => {
      const group = await asking.reported(asked);
      await control.signalHook(group, asked.params.vmName, asked.body.verdict);
      return {};
    },
    pushMetrics: async (asked) => {
      await control.push(await asking.reported(asked), asked.body);
      return {};
    },
    beat: async (asked) => {
      await control.beat(await asking.reported(asked), asked.params.vmName);
      return {};
    },
  };
}

async function* views(events: ReturnType<ServiceControl['events']>) {
  for await (const event of events) yield eventView(event);
}
