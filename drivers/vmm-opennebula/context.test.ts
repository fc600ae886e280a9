import { generateSshKeyPair } from '@trencadis/ssh-keys';
import { describe, expect, it } from 'vitest';
import { contextOf } from './context.ts';

const key = generateSshKeyPair('web');
const spec = {
  name: 'web',
  tag: 'inf-abcdefgh',
  hostName: 'web.example',
  image: { location: '0', digest: '0'.repeat(64) },
  cpuCount: 1,
  memoryMiB: 256,
  interfaces: [],
  disks: [],
  login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA ana' },
} as unknown as Parameters<typeof contextOf>[0];

const decoded = (text: unknown) => Buffer.from(String(text), 'base64').toString('utf8');
/** The parts of a MIME archive, decoded. */
const partsOf = (archive: string) =>
  archive
    .split(/\n--trencadis-\w+(?:--)?\n/)
    .slice(1, -1)
    .map((part) => decoded(part.split('\n\n').slice(1).join('')));

describe('the context of a VM', () => {
  it('tells both cloud-init and one-context who it is', () => {
    expect(contextOf(spec, key)).toMatchObject({
      NETWORK: 'YES',
      SET_HOSTNAME: 'web.example',
      USERNAME: 'admin',
      SSH_PUBLIC_KEY: 'ssh-ed25519 AAAA ana',
      USER_DATA_ENCODING: 'base64',
    });
  });

  it('has nothing that OpenNebula would replace', () => {
    for (const value of Object.values(contextOf(spec, key))) expect(String(value)).not.toContain('$');
  });

  it('brings the host key, by user data and by a script', () => {
    const { USER_DATA, START_SCRIPT_BASE64 } = contextOf(spec, key);
    const [own = '', hook = ''] = partsOf(decoded(USER_DATA));
    expect(JSON.parse(own.split('\n').slice(1).join('\n'))).toMatchObject({
      ssh_keys: { ecdsa_private: key.privateKey, ecdsa_public: key.publicKey },
    });
    expect(hook).toMatch(/^#cloud-boothook\n#!\/bin\/sh\n/);
    expect(decoded(START_SCRIPT_BASE64)).toContain(key.publicKey);
  });

  it('keeps the user data of the spec beside what makes the VM itself', () => {
    const { USER_DATA } = contextOf({ ...spec, userData: '#cloud-config\npackages: [nginx]\n' }, key);
    const [, archive = ''] = partsOf(decoded(USER_DATA));
    expect(archive).toMatch(/^#cloud-config-archive\n/);
    const parts = JSON.parse(archive.slice(archive.indexOf('\n') + 1)) as { readonly content: string }[];
    expect(parts.map(({ content }) => content.split('\n')[0])).toEqual(['#cloud-boothook', '#cloud-config']);
  });

  it('knows one VM from another', () => {
    const hook = (pair: typeof key) => partsOf(decoded(contextOf(spec, pair)['USER_DATA']))[1];
    expect(hook(key)).toBe(hook(key));
    expect(hook(key)).not.toBe(hook(generateSshKeyPair('web')));
  });
});
