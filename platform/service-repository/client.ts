import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { serviceApi } from './api.ts';

export type { RenderingView, ServiceListView, ServiceVersionView, ServiceView } from './api.ts';
export type { ParameterValue, ServiceParameter, ServiceProblem } from './model.ts';

export type ServiceClient = Client<typeof serviceApi>;

/** The typed client of the service repository's API. */
export function createServiceClient(options: ClientOptions): ServiceClient {
  return createClient(serviceApi, options);
}
