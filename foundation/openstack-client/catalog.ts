import { z } from 'zod';
import type { OpenstackAccount } from './account.ts';
import { invalid } from './errors.ts';

/** Of a token: https://docs.openstack.org/api-ref/identity/v3/#authentication-and-token-management */
export const catalogSchema = z.array(
  z.object({
    type: z.string(),
    endpoints: z.array(
      z.object({
        interface: z.string(),
        url: z.string(),
        region: z.string().nullish(),
        region_id: z.string().nullish(),
      }),
    ),
  }),
);

/** Where a service is, by the first of these types that the catalog has; `undefined`: it has none of them. */
export function endpointOf(
  catalog: z.output<typeof catalogSchema>,
  types: readonly string[],
  { region, interface: wanted = 'public' }: Pick<OpenstackAccount, 'region' | 'interface'>,
): string | undefined {
  const services = types.flatMap((type) => catalog.filter((service) => service.type === type));
  const offered = services
    .flatMap(({ endpoints }) => endpoints)
    .filter((each) => each.interface === wanted)
    .map((each) => ({ url: each.url, region: each.region_id ?? each.region ?? '' }));
  const regions = [...new Set(offered.map((each) => each.region))];
  if (region === undefined && regions.length > 1) {
    throw invalid('region', `The cloud has the regions ${regions.join(', ')}: choose one as region.`);
  }
  return offered.find((each) => region === undefined || each.region === region)?.url;
}
