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
  'cloud-init-local.service',
  'cloud-init.service',
  'cloud-config.service',
  'cloud-final.service',
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

export const maskedUnitPaths = maskedUnits.map((unit) => `etc/systemd/system/${unit}`);

/** The modes of directories that the machine's layer brings along: a layer's directory overrides the image's. */
export const guestDirectories: Readonly<Record<string, number>> = {
  etc: 0o755,
  'etc/ssh': 0o755,
  'etc/ssh/sshd_config.d': 0o755,
  'etc/ssh/authorized_keys.d': 0o755,
  'etc/sudoers.d': 0o750,
  'etc/systemd': 0o755,
  'etc/systemd/system': 0o755,
};

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
