import { type FeatureKey, type Owner, keysOf, yesOrNo } from './feature-key.ts';
import { inputKeys, outputKeys } from './parameter-keys.ts';
import { serviceKeys } from './service-keys.ts';
import { systemKeys } from './system-keys.ts';

/** Every key RADL knows: the one place that says its type, operators, unit and values (RADL, section 3). */
export const featureKeys: readonly FeatureKey[] = [
  ...keysOf('network', [
    { key: 'outbound', values: yesOrNo, isCheckedByIm: true, meaning: "'yes': reachable from the internet" },
    {
      key: 'outports',
      format: 'outports',
      isCheckedByIm: true,
      meaning:
        'ports of a public network open to the outside, beside 22: 443, 53/udp, 9000:9010 (a range), 8080-80 (80 of the machine as 8080), 0/icmp-0/icmp; 10.0.0.0/8-5432 for some',
    },
    {
      key: 'provider_id',
      isCheckedByIm: true,
      meaning: "the provider's own network of that name or id, used as it is",
    },
    { key: 'create', values: yesOrNo, meaning: "'yes': the network is made, whatever provider_id says" },
    {
      key: 'cidr',
      format: 'subnet',
      meaning: 'address range of the network: 10.0.1.0/24; the platform chooses the numbers for 10.0.*.0/24',
    },
    { key: 'router', meaning: 'routes: NETWORK/MASK,ROUTER' },
    { key: 'sg_name', meaning: 'name of the security group' },
    {
      key: 'proxy_host',
      meaning: 'host through which the network is reached by SSH: USER@HOST or USER@HOST:PORT',
    },
    { key: 'proxy_key', meaning: 'private key for proxy_host' },
    { key: 'proxy_host_key', type: 'text-or-list', meaning: 'public host keys of proxy_host, one or a list' },
    { key: 'dnsserver', meaning: 'name servers of the network' },
  ]),
  ...systemKeys,
  ...keysOf('application', [
    { key: 'name', isCheckedByIm: true, meaning: 'name of the application' },
    {
      key: 'version',
      operators: 'all',
      format: 'version',
      isCheckedByIm: true,
      meaning: 'its version; 4 is also 4.2.1 in dialects paper and trencadis',
    },
    { key: 'path', isCheckedByIm: true, meaning: 'where it is installed' },
    { key: 'preinstalled', values: yesOrNo, isCheckedByIm: true, meaning: "'yes': the image must have it" },
  ]),
  ...keysOf('ansible', [
    { key: 'host', isCheckedByIm: true, meaning: 'machine that runs Ansible' },
    { key: 'credentials.username', isCheckedByIm: true, meaning: 'user on that machine' },
    { key: 'credentials.password', isCheckedByIm: true, meaning: 'its password' },
    { key: 'credentials.private_key', isCheckedByIm: true, meaning: 'or its private key' },
  ]),
  ...serviceKeys,
  ...inputKeys,
  ...outputKeys,
  ...keysOf('description', [
    { key: 'name', meaning: 'title of the document' },
    { key: '*', type: 'any', meaning: 'free text about the document' },
  ]),
];

interface OwnerKeys {
  readonly byPattern: ReadonlyMap<string, FeatureKey>;
  readonly wildcards: readonly FeatureKey[];
}

const byOwner: ReadonlyMap<Owner, OwnerKeys> = new Map(
  [...Map.groupBy(featureKeys, (row) => row.owner)].map(([owner, rows]) => [
    owner,
    {
      byPattern: new Map(rows.map((row) => [row.key, row])),
      wildcards: rows.filter((row) => row.key.endsWith('*')),
    },
  ]),
);

/** The row for a key as written (`disk.0.size`), or `undefined` for one RADL does not know. */
export function findFeatureKey(owner: Owner, key: string): FeatureKey | undefined {
  const keys = byOwner.get(owner);
  const asWritten = keys?.byPattern.get(key);
  if (asWritten !== undefined) return asWritten;
  const pattern = patternOf(key);
  return (
    keys?.byPattern.get(pattern) ?? keys?.wildcards.find((row) => pattern.startsWith(row.key.slice(0, -1)))
  );
}

/** The row of a system's key, where `disk.1.os.name` is checked as `disk.0.os.name`: IM does, though it has no effect. */
export function findCheckedKey(key: string): FeatureKey | undefined {
  const row = findFeatureKey('system', key);
  if (row !== undefined) return row;
  const ofFirst = findFeatureKey('system', key.replace(/^disk\.\d+\.os\./, 'disk.0.os.'));
  return ofFirst?.format === 'password' ? undefined : ofFirst;
}

/** Keys an owner can have, with the indices of `key` in place of `N`, to look for the nearest one. */
export function keysLike(owner: Owner, key: string): readonly string[] {
  const indices = key.match(/\d+/g) ?? [];
  return [...(byOwner.get(owner)?.byPattern.keys() ?? [])]
    .filter((pattern) => !pattern.endsWith('*'))
    .map((pattern) => {
      let next = 0;
      return pattern.replace(/(?<=\.)N(?=\.|$)/g, () => indices[next++] ?? '0');
    });
}

function patternOf(key: string): string {
  return key.replace(/(?<=\.)\d+(?=\.|$)/g, 'N');
}
