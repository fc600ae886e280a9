import { keyServerDocument } from './simulated-platform.ts';

export interface ServiceOptions {
  /** Features of the service more. */
  readonly more?: string;
  /** Features of the system of its replicas, each followed by `and`. */
  readonly system?: string;
  /** What configures its replicas. */
  readonly recipe?: string;
  readonly min?: number;
  readonly balancer?: string;
}

const http = "balancer.port = 80 and balancer.protocol = 'http' and health.path = '/readyz'";

/** Fig. 3 with its Key Server as a service: replicas of it, that share one database, behind a load balancer. */
export function serviceDocument(options: ServiceOptions = {}): string {
  const { more = '', system = '', recipe = "add_user {'trencadis': }", min = 2, balancer = http } = options;
  const features = [`system = 'GT4_JAVA_ANT'`, `replicas.min = ${min}`, 'replicas.max = 5', balancer, more];
  return keyServerDocument
    .replace('system GT4_JAVA_ANT (', `system GT4_JAVA_ANT (\n  ${system}`)
    .replace("configure GT4_JAVA_ANT (\n  add_user {'trencadis': }", `configure GT4_JAVA_ANT (\n  ${recipe}`)
    .replace(
      'deploy GT4_JAVA_ANT 1',
      `service keys (\n  ${features.filter((each) => each !== '').join(' and\n  ')}\n)\n\ndeploy keys`,
    );
}
