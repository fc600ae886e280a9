import type { MemberSpec } from '@trencadis/availability';
import type { Facts } from '@trencadis/aws-client';
import { type VmName, parseId } from '@trencadis/ids';

/** What a target group does not keep of a member: its name, and that it was drained on purpose. */
export interface MemberRecord extends Pick<MemberSpec, 'address' | 'port'> {
  readonly name: VmName;
  readonly isDraining: boolean;
}

/** Tags at the target group: `trencadis:members:0` and so on, each `name=address:port`, `=draining` behind it. */
const keyPrefix = 'trencadis:members:';
const maxValueLength = 256;
/** Of the 50 tags that a thing may have. */
const mostTags = 45;

/** As tags; `undefined`: there are more than fit, which is about 200. */
export function toTags(records: readonly MemberRecord[]): Facts | undefined {
  const values: string[] = [];
  for (const record of records) {
    const entry = entryOf(record);
    const last = values.at(-1);
    if (last === undefined || last.length + 1 + entry.length > maxValueLength) values.push(entry);
    else values[values.length - 1] = `${last} ${entry}`;
  }
  if (values.length > mostTags) return undefined;
  return Object.fromEntries(values.map((value, index) => [keyPrefix + index, value]));
}

function entryOf({ name, address, port, isDraining }: MemberRecord): string {
  return `${name}=${address}:${port}${isDraining ? '=draining' : ''}`;
}

export const isRecordKey = (key: string) => key.startsWith(keyPrefix);

export function fromTags(facts: Facts): readonly MemberRecord[] {
  const keys = Object.keys(facts).filter(isRecordKey);
  const ordered = keys.toSorted((one, other) => indexOf(one) - indexOf(other));
  return ordered.flatMap((key) => (facts[key] ?? '').split(' ').flatMap((entry) => parseEntry(entry) ?? []));
}

const indexOf = (key: string) => Number(key.slice(keyPrefix.length));

function parseEntry(entry: string): MemberRecord | undefined {
  const [, text = '', address = '', port, draining] = /^([^=]+)=(.+):(\d+)(=draining)?$/.exec(entry) ?? [];
  const name = parseId('VmName', text);
  return name === undefined
    ? undefined
    : { name, address, port: Number(port), isDraining: draining !== undefined };
}
