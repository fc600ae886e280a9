import { PlatformError } from '@trencadis/errors';
import type { Platform } from './connect.ts';
import { leaseOf } from './parse-lease.ts';
import { type DocumentOptions, type Planned, planFile, planText } from './read-document.ts';
import { parseServiceReference, renderService } from './render-service.ts';

export interface PlanOptions extends DocumentOptions {
  readonly service?: string;
  readonly set?: readonly string[];
}

/** Plans the file, or the service that `--service` names. */
export async function planRequested(
  platform: Platform,
  file: string | undefined,
  options: PlanOptions,
): Promise<Planned> {
  const { service } = options;
  if (service !== undefined && file === undefined) return planService(platform, service, options);
  if (service === undefined && file !== undefined) return planFile(platform.infrastructures, file, options);
  throw new PlatformError('invalid-argument', 'Name either a RADL document or a service (--service NAME).');
}

async function planService(platform: Platform, reference: string, options: PlanOptions): Promise<Planned> {
  const { services, infrastructures } = platform;
  const service = parseServiceReference(reference).name;
  const { name = service, set = [] } = options;
  const rendered = await renderService(services, reference, set);
  const { versions } = await services.getService({ params: { name: service } });
  const status = versions.find((each) => each.version === rendered.version)?.status;
  const place = `service ${service} ${rendered.version}`;
  if (status?.kind === 'draft') {
    const message = `The ${place} is a draft and cannot be deployed: ${status.reason}`;
    throw new PlatformError('unsupported', message, { subject: service });
  }
  const { radl, dialect, parameters } = rendered;
  const request = { name, dialect, parameters, ...leaseOf(options.expires) };
  return planText(infrastructures, { radl, place }, request);
}
