import { readFile } from 'node:fs/promises';
import { newUuid } from '@trencadis/ids';
import { isMissing, type MachineRecord } from './records.ts';

export interface GuestFile {
  readonly content: string;
  readonly mode: number;
}

/**
 * Units that wait for what a machine does not have (udev, a DHCP server, a console, a cloud's metadata) or that would
 * fetch and clean in the background. The network is made by the host before systemd starts.
 */
const maskedUnits = [
  'systemd-networkd.service',
  'systemd-networkd.socket',
  'systemd-networkd-wait-online.service',
  'networking.service',
  'systemd-udevd.service',
  'systemd-udev-trigger.service',
  'console-getty.service',
  'getty.target',
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'e2scrub_all.timer',
  'e2scrub_reap.service',
  'fstrim.timer',
  'man-db.timer',
];

/** Without user data they have nothing to read, and would look for a cloud's metadata until they time out. */
const cloudInitUnits = [
  'cloud-init-local.service',
  'cloud-init.service',
  'cloud-config.service',
  'cloud-final.service',
];
const pathOfUnit = (unit: string) => `etc/systemd/system/${unit}`;

export function maskedUnitPaths({ spec }: MachineRecord): readonly string[] {
  const units = spec.userData === undefined ? [...maskedUnits, ...cloudInitUnits] : maskedUnits;
  return units.map(pathOfUnit);
}

/** The modes of directories that the machine's layer brings along: a layer's directory overrides the image's. */
export function guestDirectories({ spec }: MachineRecord): Readonly<Record<string, number>> {
  return spec.userData === undefined ? loginDirectories : { ...loginDirectories, ...seedDirectories };
}

const seed = 'var/lib/cloud/seed/nocloud-net';
const seedDirectories: Readonly<Record<string, number>> = {
  'etc/cloud': 0o755,
  'etc/cloud/cloud.cfg.d': 0o755,
  var: 0o755,
  'var/lib': 0o755,
  'var/lib/cloud': 0o755,
  'var/lib/cloud/seed': 0o755,
  [seed]: 0o700,
};

const loginDirectories: Readonly<Record<string, number>> = {
  etc: 0o755,
  'etc/ssh': 0o755,
  'etc/ssh/sshd_config.d': 0o755,
  'etc/ssh/authorized_keys.d': 0o755,
  'etc/sudoers.d': 0o750,
  'etc/systemd': 0o755,
  'etc/systemd/system': 0o755,
};

const cloudConfigPath = 'etc/cloud/cloud.cfg.d/99-trencadis.cfg';

/**
 * Last in its directory: cloud-init lets later files win. One data source, so that none is searched for; addresses, host
 * keys, package sources and the locale are not cloud-init's to change, unless the user data says so.
 */
const cloudConfig = `datasource_list: [NoCloud]
network: {config: disabled}
ssh_deletekeys: false
ssh_genkeytypes: [ed25519]
apt: {preserve_sources_list: true}
locale: false
prefer_fqdn_over_hostname: true
`;

/** A NoCloud seed: https://docs.cloud-init.io/en/latest/reference/datasources/nocloud.html */
function userDataFiles({ hostName, userData }: MachineRecord['spec']): Record<string, GuestFile> {
  if (userData === undefined) return {};
  const metaData = `instance-id: iid-${newUuid()}\nlocal-hostname: ${hostName}\n`;
  return {
    [cloudConfigPath]: { content: cloudConfig, mode: 0o644 },
    [`${seed}/user-data`]: { content: userData, mode: 0o600 },
    [`${seed}/meta-data`]: { content: metaData, mode: 0o600 },
  };
}

/** What an image made from a machine must not have of it; as glob patterns. */
export const identityPatterns: readonly string[] = [
  'etc/hostname',
  'etc/hosts',
  'etc/machine-id',
  'etc/resolv.conf',
  'etc/ssh/ssh_host_*',
  'etc/ssh/authorized_keys.d',
  'etc/ssh/sshd_config.d/00-trencadis.conf',
  'etc/sudoers.d/trencadis',
  'home/*/.ssh/authorized_keys',
  'root/.ssh/authorized_keys',
  'var/lib/cloud',
  'var/lib/dbus/machine-id',
  'var/lib/systemd/credential.secret',
  'var/lib/systemd/random-seed',
  cloudConfigPath,
  ...[...maskedUnits, ...cloudInitUnits].map(pathOfUnit),
];

/** First in its directory: sshd takes the first value it reads. Only the key that the platform knows is offered. */
const sshdConfig = `HostKey /etc/ssh/ssh_host_ed25519_key
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
AuthorizedKeysFile .ssh/authorized_keys /etc/ssh/authorized_keys.d/%u
UseDNS no
`;

/** What makes this machine itself, by path in its layer. */
export async function guestFiles(
  { spec }: MachineRecord,
  hasUplink: boolean,
): Promise<Record<string, GuestFile>> {
  const { hostName, login } = spec;
  const [shortName = hostName] = hostName.split('.');
  const names = shortName === hostName ? hostName : `${hostName} ${shortName}`;
  const sudo =
    login.user === 'root'
      ? {}
      : { 'etc/sudoers.d/trencadis': { content: `${login.user} ALL=(ALL) NOPASSWD:ALL\n`, mode: 0o440 } };
  return {
    'etc/hostname': { content: `${hostName}\n`, mode: 0o644 },
    'etc/hosts': { content: `127.0.0.1 localhost\n127.0.1.1 ${names}\n::1 localhost\n`, mode: 0o644 },
    'etc/machine-id': { content: `${newUuid().replaceAll('-', '')}\n`, mode: 0o444 },
    'etc/resolv.conf': { content: hasUplink ? await hostResolvers() : '', mode: 0o644 },
    'etc/ssh/sshd_config.d/00-trencadis.conf': { content: sshdConfig, mode: 0o644 },
    [`etc/ssh/authorized_keys.d/${login.user}`]: { content: `${login.authorizedKey}\n`, mode: 0o644 },
    ...sudo,
    ...userDataFiles(spec),
  };
}

/** The host's name servers; those behind systemd-resolved's stub, which a machine cannot reach, where there is one. */
async function hostResolvers(): Promise<string> {
  for (const path of ['/run/systemd/resolve/resolv.conf', '/etc/resolv.conf']) {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
  return '';
}
