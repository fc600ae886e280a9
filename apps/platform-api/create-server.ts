import type { Clock } from '@trencadis/clock';
import {
  type ComponentHandlersParts,
  componentApi,
  componentHandlers,
} from '@trencadis/component-repository';
import { type HttpServer, createHttpServer, registerRoutes } from '@trencadis/http';
import { type ImageHandlersParts, imageApi, imageHandlers } from '@trencadis/image-catalog';
import {
  type InfrastructureService,
  type Owner,
  type StepWorld,
  infrastructureApi,
  infrastructureHandlers,
} from '@trencadis/infrastructure';
import type { Log } from '@trencadis/log';
import type { SagaRunner } from '@trencadis/saga';
import { type ServiceRepository, serviceApi, serviceHandlers } from '@trencadis/service-repository';
import { authenticateOperator } from './authenticate-operator.ts';
import { imageCallerOf } from './image-caller.ts';

const version = '0.1.0';

export interface PlatformServerParts {
  readonly log: Log;
  /** Closes the server. */
  readonly signal: AbortSignal;
  /** Whoever holds it is the operator. */
  readonly operatorToken: string;
  readonly service: InfrastructureService;
  readonly sagas: SagaRunner<StepWorld>;
  readonly images: Omit<ImageHandlersParts<Owner>, 'callerOf'>;
  readonly services: ServiceRepository;
  readonly components: ComponentHandlersParts;
  readonly clock: Clock;
}

/** The platform's server with all its routes; it does not listen yet. */
export async function createPlatformServer(parts: PlatformServerParts): Promise<HttpServer> {
  const { log, signal, operatorToken, service, sagas, images, components, services, clock } = parts;
  const server = await createHttpServer({
    log,
    title: 'Trencadis platform',
    version,
    signal,
    // Large files take their time to arrive; what arrives without a token is not read.
    requestTimeoutMs: 0,
  });
  const authenticate = authenticateOperator(operatorToken);
  const handlers = infrastructureHandlers({ service, sagas, clock });
  registerRoutes(server, infrastructureApi, handlers, { authenticate });
  registerRoutes(server, imageApi, imageHandlers({ ...images, callerOf: imageCallerOf }), { authenticate });
  registerRoutes(server, serviceApi, serviceHandlers(services), { authenticate });
  registerRoutes(server, componentApi, componentHandlers(components), { authenticate });
  return server;
}
