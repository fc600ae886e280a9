import { expect, it } from 'vitest';
import { findSecrets } from './find-secrets.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const clean = {
  'etc/shadow': 'root:!*:20454:0:99999:7:::\ndaemon:*:20454:0:99999:7:::\n',
  'etc/machine-id': '',
  'etc/ssh/sshd_config': 'PasswordAuthentication no\n',
};

it('finds nothing in a clean tree', async () => {
  expect(await findSecrets(await temporaryFolder(clean))).toEqual([]);
});

it.each([
  [
    'etc/ssh/ssh_host_ed25519_key',
    '-----BEGIN OPENSSH PRIVATE KEY-----\n',
    /^\/etc\/ssh\/ssh_host_ed25519_key is/,
  ],
  ['root/.ssh/id_rsa', '-----BEGIN RSA PRIVATE KEY-----\n', /^\/root\/\.ssh\/id_rsa is a private key/],
  ['etc/shadow', 'root:$y$j9T$x:20454:::::\n', /shadow lets root log in/],
  ['etc/shadow', 'guest::20454:::::\n', /shadow lets guest log in/],
  ['etc/machine-id', '0123456789abcdef0123456789abcdef\n', /machine-id is set/],
])('finds it in %s', async (path, text, message) => {
  const found = await findSecrets(await temporaryFolder({ ...clean, [path]: text }));
  expect(found).toEqual([expect.stringMatching(message)]);
});
