import { sha256OfText } from '@trencadis/ids';
import type { SshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from '@trencadis/vmm';
import { firstBootUserData } from '@trencadis/vmm/first-boot';
import type { Vector } from './template-text.ts';

/**
 * The CONTEXT of a VM, which OpenNebula writes on a CD-ROM of the guest. Two programs read it, and images have either:
 * cloud-init, whose data source OpenNebula takes USER_DATA, SSH_PUBLIC_KEY, SET_HOSTNAME and the addresses
 * (https://docs.cloud-init.io/en/latest/reference/datasources/opennebula.html); and OpenNebula's own one-context, which
 * takes USERNAME, SSH_PUBLIC_KEY, SET_HOSTNAME, the addresses and START_SCRIPT_BASE64, and knows no cloud-config. The
 * host key's private half is in it: whoever reads a VM at OpenNebula can stand for that VM, and for no other.
 */
export function contextOf(spec: VmSpec, hostKey: SshKeyPair): Vector {
  const identity = sha256OfText(hostKey.publicKey).slice(0, 16);
  const userData = firstBootUserData({ ...spec, userData: afterAnother(identity, spec.userData) }, hostKey);
  return {
    NETWORK: 'YES',
    SET_HOSTNAME: spec.hostName,
    USERNAME: spec.login.user,
    SSH_PUBLIC_KEY: spec.login.authorizedKey,
    USER_DATA: base64(userData),
    USER_DATA_ENCODING: 'base64',
    START_SCRIPT_BASE64: base64(hostKeyScript(hostKey)),
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

/**
 * With OpenNebula, cloud-init gives all VMs one instance id. So one made from another's disk would pass for the other,
 * and nothing would be done that is done once for each VM: its memory of that is removed, and the machine id with it.
 */
function afterAnother(identity: string, userData: string | undefined): string {
  const hook = [
    '#cloud-boothook',
    '#!/bin/sh',
    'seen=/var/lib/cloud/trencadis-vm',
    `if [ -e "$seen" ] && [ "$(cat "$seen")" != ${identity} ]; then`,
    '  rm -f /var/lib/cloud/instance/sem/config_* /etc/machine-id /var/lib/dbus/machine-id',
    '  systemd-machine-id-setup',
    'fi',
    `echo ${identity} > "$seen"`,
    '',
  ].join('\n');
  if (userData === undefined) return hook;
  const parts = [{ type: 'text/cloud-boothook', content: hook }, { content: userData }];
  return `#cloud-config-archive\n${JSON.stringify(parts)}\n`;
}

/** For images that have one-context and no cloud-init: run at each start, it does something at the first one. */
function hostKeyScript({ privateKey, publicKey }: SshKeyPair): string {
  return [
    '#!/bin/sh',
    'key=/etc/ssh/ssh_host_ecdsa_key',
    `grep -qF '${publicKey}' "$key.pub" && exit 0`,
    'umask 077',
    'rm -f /etc/ssh/ssh_host_*_key /etc/ssh/ssh_host_*_key.pub',
    `printf '%s\\n' '${privateKey.trim()}' > "$key"`,
    `printf '%s\\n' '${publicKey}' > "$key.pub"`,
    'systemctl restart ssh || systemctl restart sshd || service ssh restart || service sshd restart',
    '',
  ].join('\n');
}
