import type { TrustedIssuer } from '@trencadis/access';
import { type AccountService, type Caller, accountApi, accountHandlers } from '@trencadis/accounts';
import { type AuditLog, auditApi, auditHandlers } from '@trencadis/audit';
import type { Clock } from '@trencadis/clock';
import {
  type ComponentHandlersParts,
  componentApi,
  componentHandlers,
} from '@trencadis/component-repository';
import { type HttpServer, type IdempotencyStore, createHttpServer, registerRoutes } from '@trencadis/http';
import { registerImApi } from '@trencadis/im-api';
import {
  type ImageHandlersParts,
  createImageFinder,
  imageApi,
  imageHandlers,
} from '@trencadis/image-catalog';
import {
  type AuditSink,
  type InfrastructureService,
  type StatusCache,
  type StepWorld,
  infrastructureApi,
  infrastructureHandlers,
} from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import type { SagaRunner } from '@trencadis/saga';
import { type ServiceTokens, serviceControlApi, serviceControlHandlers } from '@trencadis/service-controller';
import { type ServiceRepository, serviceApi, serviceHandlers } from '@trencadis/service-repository';
import { type VmmSites, cloudApi, cloudHandlers } from '@trencadis/vmm-sites';
import { imClouds } from '@trencadis/vmm-sites/im-lines';
import { authenticateCaller } from './authenticate-caller.ts';
import { imageCallerOf, imageCallerOfOwner } from './image-caller.ts';
import type { Services } from './open-services.ts';

const version = '0.1.0';

export interface PlatformServerParts {
  readonly log: Log;
  /** Closes the server. */
  readonly signal: AbortSignal;
  /** Whoever holds it is the operator. */
  readonly operatorToken: string;
  /** Whose tokens are accepted beside the platform's own. */
  readonly tokenIssuers: readonly TrustedIssuer[];
  readonly serviceTokens: ServiceTokens;
  readonly accounts: AccountService;
  readonly audit: AuditLog;
  readonly sites: VmmSites;
  readonly service: InfrastructureService;
  readonly statuses: StatusCache;
  readonly deployedServices: Pick<Services, 'control'>;
  readonly noted: AuditSink;
  readonly world: StepWorld;
  readonly sagas: SagaRunner<StepWorld>;
  readonly images: Omit<ImageHandlersParts<Caller>, 'callerOf'>;
  readonly services: ServiceRepository;
  readonly components: ComponentHandlersParts;
  /** Where the keys of repeatable requests are kept. */
  readonly idempotencyKeys: IdempotencyStore;
  readonly clock: Clock;
}

/** The platform's server with all its routes; it does not listen yet. */
export async function createPlatformServer(parts: PlatformServerParts): Promise<HttpServer> {
  const { log, signal, accounts, audit, noted, sites, images, components, services } = parts;
  const { service, statuses, sagas, world } = parts;
  const server = await createHttpServer({
    log,
    title: 'Trencadis platform',
    version,
    signal,
    // Large files take their time to arrive; what arrives without a token is not read.
    requestTimeoutMs: 0,
  });
  const authenticate = authenticateCaller(parts);
  const options = {
    authenticate,
    idempotency: { store: parts.idempotencyKeys, callerId: ({ owner }: Caller) => owner },
  };
  const handlers = infrastructureHandlers({ service, sagas, statuses, world, audit: noted });
  registerRoutes(server, infrastructureApi, handlers, options);
  registerRoutes(server, serviceControlApi, controlHandlers(parts), options);
  registerRoutes(server, imageApi, imageHandlers({ ...images, callerOf: imageCallerOf }), options);
  registerRoutes(server, serviceApi, serviceHandlers(services), options);
  registerRoutes(server, componentApi, componentHandlers(components), options);
  registerRoutes(server, accountApi, accountHandlers(accounts), options);
  registerRoutes(server, cloudApi, cloudHandlers(sites), options);
  registerRoutes(server, auditApi, auditHandlers(audit), options);
  registerImApi(server, {
    service,
    sagas,
    statuses,
    sites,
    accounts,
    log,
    version,
    clock: parts.clock,
    clouds: imClouds,
    images: createImageFinder(images.service, imageCallerOfOwner),
    authenticateToken: (token) => authenticate(token, { right: 'infrastructure.change' }),
  });
  return server;
}

function controlHandlers({ deployedServices: { control }, service, serviceTokens }: PlatformServerParts) {
  return serviceControlHandlers({ control, tokens: serviceTokens, infrastructures: service });
}
