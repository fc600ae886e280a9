import { sha256OfText } from '@trencadis/ids';
import type { SshKeyPair } from '@trencadis/ssh-keys';
import type { VmSpec } from './model.ts';

/**
 * Cloud-init user data that makes a VM itself: its name, its host key (known before it boots, so that no connection is
 * ever trusted blindly), the administrator's login, and the spec's own user data after it. A MIME archive, as
 * https://docs.cloud-init.io/en/latest/explanation/format.html has it. The host key's private half is in it: whoever
 * reads a VM's user data can stand for that VM, and for no other.
 */
export function firstBootUserData(
  spec: Pick<VmSpec, 'hostName' | 'login' | 'userData'>,
  hostKey: SshKeyPair,
): string {
  const own = part('text/cloud-config', `#cloud-config\n${JSON.stringify(identityOf(spec, hostKey))}\n`);
  const { userData } = spec;
  const parts = userData === undefined ? [own] : [own, part(contentTypeOf(userData), userData)];
  const boundary = `trencadis-${sha256OfText(parts.join('')).slice(0, 24)}`;
  const head = `Content-Type: multipart/mixed; boundary="${boundary}"\nMIME-Version: 1.0\n\n`;
  return `${head}${parts.map((each) => `--${boundary}\n${each}\n`).join('')}--${boundary}--\n`;
}

function identityOf({ hostName, login }: Pick<VmSpec, 'hostName' | 'login'>, hostKey: SshKeyPair) {
  const { user, authorizedKey } = login;
  const administrator = {
    name: user,
    shell: '/bin/bash',
    lock_passwd: true,
    sudo: 'ALL=(ALL) NOPASSWD:ALL',
    ssh_authorized_keys: [authorizedKey],
  };
  return {
    fqdn: hostName,
    prefer_fqdn_over_hostname: true,
    ssh_pwauth: false,
    ssh_deletekeys: true,
    ssh_keys: { ecdsa_private: hostKey.privateKey, ecdsa_public: hostKey.publicKey },
    disable_root: user !== 'root',
    ...(user === 'root' ? { ssh_authorized_keys: [authorizedKey] } : { users: ['default', administrator] }),
  };
}

/** What the user's own part says counts beside ours: lists grow, and no key of ours is replaced. */
const mergeHeader = 'Merge-Type: list(append)+dict(no_replace,recurse_list)+str()';

function part(contentType: string, text: string): string {
  const lines = Buffer.from(text, 'utf8').toString('base64').replaceAll(/.{76}/g, '$&\n');
  const headers = [`Content-Type: ${contentType}; charset="utf-8"`, 'MIME-Version: 1.0'];
  return [...headers, 'Content-Transfer-Encoding: base64', mergeHeader, '', lines].join('\n');
}

/** By its first line, as cloud-init tells the kinds apart. */
const contentTypes = [
  [/^#cloud-config-archive/, 'text/cloud-config-archive'],
  [/^#cloud-config/, 'text/cloud-config'],
  [/^#!/, 'text/x-shellscript'],
  [/^#include/, 'text/x-include-url'],
  [/^#cloud-boothook/, 'text/cloud-boothook'],
  [/^#part-handler/, 'text/part-handler'],
  [/^## template: *jinja/, 'text/jinja2'],
  [/^(?:content-type|mime-version):/i, 'message/rfc822'],
] as const;

function contentTypeOf(userData: string): string {
  return contentTypes.find(([start]) => start.test(userData))?.[1] ?? 'text/plain';
}
