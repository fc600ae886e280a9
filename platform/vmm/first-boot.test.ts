import { generateSshKeyPair } from '@trencadis/ssh-keys';
import { describe, expect, it } from 'vitest';
import { firstBootUserData } from './first-boot.ts';

const hostKey = generateSshKeyPair('vm');
const authorizedKey = 'ssh-ed25519 AAAA admin';

/** Content type and text of each part. */
function partsOf(archive: string): readonly (readonly [type: string, text: string])[] {
  const boundary = /boundary="([^"]+)"/.exec(archive)?.[1] ?? '';
  const [, ...parts] = archive.split(`--${boundary}`);
  return parts.slice(0, -1).map((each) => {
    const [head = '', ...body] = each.trimStart().split('\n\n');
    const type = /^Content-Type: ([^;]+);/m.exec(head)?.[1] ?? '';
    return [type, Buffer.from(body.join(''), 'base64').toString('utf8')];
  });
}

function identityOf(text: string): Record<string, unknown> {
  expect(text.startsWith('#cloud-config\n')).toBe(true);
  return JSON.parse(text.slice('#cloud-config\n'.length)) as Record<string, unknown>;
}

describe('user data of a first boot', () => {
  it('names the VM, gives it its host key and lets the administrator in', () => {
    const login = { user: 'root', authorizedKey };
    const [[type, text] = ['', ''], ...others] = partsOf(
      firstBootUserData({ hostName: 'vm-1', login }, hostKey),
    );
    expect(others).toEqual([]);
    expect(type).toBe('text/cloud-config');
    expect(identityOf(text)).toMatchObject({
      fqdn: 'vm-1',
      disable_root: false,
      ssh_authorized_keys: [authorizedKey],
      ssh_keys: { ecdsa_private: hostKey.privateKey, ecdsa_public: hostKey.publicKey },
    });
  });

  it('makes another administrator than root, and leaves root closed', () => {
    const login = { user: 'ops', authorizedKey };
    const [[, text] = ['', '']] = partsOf(firstBootUserData({ hostName: 'vm-1', login }, hostKey));
    const identity = identityOf(text);
    expect(identity).toMatchObject({ disable_root: true });
    expect(identity['users']).toEqual(['default', expect.objectContaining({ name: 'ops' })]);
  });

  it.each([
    ['#cloud-config\nfqdn: é.example\n', 'text/cloud-config'],
    ['#!/bin/sh\necho hi\n', 'text/x-shellscript'],
    ['Content-Type: multipart/mixed; boundary="x"\n\n--x--\n', 'message/rfc822'],
    ['## template: jinja\n#cloud-config\n{}', 'text/jinja2'],
  ])('takes %j along whole, as %s', (userData, type) => {
    const login = { user: 'root', authorizedKey };
    const parts = partsOf(firstBootUserData({ hostName: 'vm-1', login, userData }, hostKey));
    expect(parts[1]).toEqual([type, userData]);
  });
});
