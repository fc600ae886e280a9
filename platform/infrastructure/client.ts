import { type Client, type ClientOptions, createClient } from '@trencadis/http';
import { infrastructureApi } from './api.ts';

export type {
  DriftReportView,
  DriftView,
  EventView,
  InfrastructureView,
  ListedView,
  PlanStatusView,
  PlanSummaryView,
  PlanView,
  PlanningView,
  StatusView,
} from './api-schemas.ts';

export type InfrastructureClient = Client<typeof infrastructureApi>;

/** The typed client of the infrastructures' API. */
export function createInfrastructureClient(options: ClientOptions): InfrastructureClient {
  return createClient(infrastructureApi, options);
}
export { findLocalServer, readLocalToken } from './local-server.ts';
