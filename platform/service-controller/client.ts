import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { serviceControlApi } from './api.ts';

export type {
  EvaluationView,
  ListedServiceView,
  ServiceEventView,
  ServiceStatusView,
} from './api-schemas.ts';

export type ServiceControlClient = Client<typeof serviceControlApi>;

/** The typed client of deployed services' API. */
export function createServiceControlClient(options: ClientOptions): ServiceControlClient {
  return createClient(serviceControlApi, options);
}
