import { PlatformError } from '@trencadis/errors';
import { type Tag, sha256OfText } from '@trencadis/ids';
import { type Account, remembered } from './account.ts';

const rememberedMs = 6 * 3_600_000;

/** The availability zones of the region, without local and wavelength zones. */
export function zonesOf({ site, ec2 }: Account): Promise<readonly string[]> {
  return remembered(site, { key: 'zones', forMs: rememberedMs }, async () => {
    const { AvailabilityZones = [] } = await ec2.describeAvailabilityZones({
      Filters: [{ Name: 'state', Values: ['available'] }],
    });
    const ordinary = AvailabilityZones.filter(
      ({ ZoneType = 'availability-zone' }) => ZoneType === 'availability-zone',
    );
    return ordinary.flatMap(({ ZoneName }) => ZoneName ?? []).toSorted();
  });
}

/**
 * The zone in which all that a tag's owner asks for without saying where is placed: a disk is made before the VM that
 * it is for, and only attaches inside its zone.
 */
export async function homeZone(account: Account, tag: Tag): Promise<string> {
  return account.site.credentials.zone ?? chooseZone(await zonesOf(account), tag);
}

/** The same zone for the same tag, also when the region gets a further one (rendezvous hashing), and all zones evenly. */
export function chooseZone(zones: readonly string[], tag: string): string {
  const weightOf = (zone: string) => sha256OfText(`${tag} ${zone}`);
  const [first] = zones.toSorted((one, other) => (weightOf(one) < weightOf(other) ? -1 : 1));
  if (first === undefined)
    throw new PlatformError('unavailable', 'Amazon EC2 names no availability zone of the region: wait.');
  return first;
}
