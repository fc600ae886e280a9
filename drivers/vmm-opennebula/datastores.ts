import { PlatformError } from '@trencadis/errors';
import { notFound } from './errors.ts';
import { named } from './make-network.ts';
import type { Site } from './site.ts';
import { childrenOf, idOf, numberOf, textOf } from './xml-read.ts';
import type { XmlElement } from './xml-tree.ts';

/** TYPE of a datastore. */
const imageDatastore = 0;
const enabled = 0;

export interface Datastore {
  readonly id: number;
  readonly title: string;
  readonly freeMb: number;
  /** 0 until it has been monitored for the first time. */
  readonly totalMb: number;
}

function readDatastore(element: XmlElement): Datastore {
  return {
    id: idOf(element),
    title: textOf(element, 'NAME') ?? '',
    freeMb: numberOf(element, 'FREE_MB') ?? 0,
    totalMb: numberOf(element, 'TOTAL_MB') ?? 0,
  };
}

/** Where disks are kept: the account's, or the one with the most room that it may use. */
export async function diskDatastore({ oned, account }: Site, signal: AbortSignal): Promise<Datastore> {
  const pool = await oned.document('one.datastorepool.info', [], signal);
  const candidates = childrenOf(pool, 'DATASTORE').filter(
    (element) => numberOf(element, 'TYPE') === imageDatastore,
  );
  if (account.imageDatastore !== undefined) {
    const told = named(candidates, account.imageDatastore);
    if (told === undefined) {
      throw notFound('image datastore (imageDatastore of the credentials)', String(account.imageDatastore));
    }
    return readDatastore(told);
  }
  const usable = candidates.filter((element) => numberOf(element, 'STATE') === enabled).map(readDatastore);
  const [roomiest] = usable.toSorted((one, other) => other.freeMb - one.freeMb || one.id - other.id);
  if (roomiest === undefined) throw notFound('image datastore', 'that this account may use');
  return roomiest;
}

/** Before anything is made. What has not been monitored yet says that it has no room: that passes. */
export function refuseTooSmall({ title, freeMb, totalMb }: Datastore, sizeMb: number): void {
  if (totalMb === 0) {
    const message = `OpenNebula does not know yet what room its datastore ${title} has: ask again.`;
    throw new PlatformError('unavailable', message, { subject: title });
  }
  if (freeMb < sizeMb) {
    const message = `The datastore ${title} of OpenNebula has ${freeMb} MB left, and ${sizeMb} are needed.`;
    throw new PlatformError('quota-exceeded', message, { subject: title });
  }
}
