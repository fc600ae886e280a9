import { z } from 'zod';

/** Things of Octavia as its API v2 shows them: https://docs.openstack.org/api-ref/load-balancer/v2/ */

const thing = {
  id: z.string(),
  name: z.string().nullish(),
  tags: z.array(z.string()).nullish(),
  /** `ACTIVE`, `PENDING_CREATE`, `PENDING_UPDATE`, `PENDING_DELETE`, `DELETED`, `ERROR`. */
  provisioning_status: z.string(),
};
const idOnly = z.object({ id: z.string() });

export const loadBalancer = z.object({
  ...thing,
  created_at: z.string().nullish(),
  vip_address: z.string().nullish(),
  vip_port_id: z.string().nullish(),
  vip_network_id: z.string().nullish(),
  listeners: z.array(idOnly).nullish(),
  pools: z.array(idOnly).nullish(),
});
export type LoadBalancer = z.output<typeof loadBalancer>;

export const listener = z.object({
  ...thing,
  protocol: z.string(),
  protocol_port: z.number(),
  default_pool_id: z.string().nullish(),
  default_tls_container_ref: z.string().nullish(),
  insert_headers: z.record(z.string(), z.string()).nullish(),
  loadbalancers: z.array(idOnly),
});
export type Listener = z.output<typeof listener>;

export const pool = z.object({
  ...thing,
  protocol: z.string(),
  lb_algorithm: z.string(),
  session_persistence: z.object({ type: z.string() }).nullish(),
  tls_enabled: z.boolean().nullish(),
  ca_tls_container_ref: z.string().nullish(),
  healthmonitor_id: z.string().nullish(),
  loadbalancers: z.array(idOnly),
});
export type Pool = z.output<typeof pool>;

export const healthMonitor = z.object({
  ...thing,
  type: z.string(),
  delay: z.number(),
  timeout: z.number(),
  max_retries: z.number(),
  max_retries_down: z.number(),
  http_method: z.string().nullish(),
  url_path: z.string().nullish(),
  expected_codes: z.string().nullish(),
  http_version: z.number().nullish(),
  domain_name: z.string().nullish(),
  pools: z.array(idOnly),
});
export type HealthMonitor = z.output<typeof healthMonitor>;

export const member = z.object({
  ...thing,
  address: z.string(),
  protocol_port: z.number(),
  weight: z.number(),
  admin_state_up: z.boolean(),
  monitor_port: z.number().nullish(),
  /** `ONLINE`, `OFFLINE`, `ERROR`, `NO_MONITOR`, `DRAINING`, `DEGRADED`. */
  operating_status: z.string(),
});
export type Member = z.output<typeof member>;

export const policy = z.object({
  ...thing,
  admin_state_up: z.boolean(),
  action: z.string(),
  position: z.number(),
  redirect_pool_id: z.string().nullish(),
});
export type Policy = z.output<typeof policy>;

export const rule = z.object({ ...thing, type: z.string(), compare_type: z.string(), value: z.string() });
export type Rule = z.output<typeof rule>;
