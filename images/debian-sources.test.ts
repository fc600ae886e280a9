import { expect, it } from 'vitest';
import { readDebianSources, selectDebianSources } from './debian-sources.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const signed = '[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]';

const deb822 = `# Written by the installer
Types: deb deb-src
URIs: http://mirror.example/debian
# Suites: sid
Suites: bookworm bookworm-updates bookworm-backports
Components: main non-free-firmware
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites:
 bookworm-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

it('keeps Debian from the deb822 format', () => {
  expect(selectDebianSources([{ name: 'sources.list.d/debian.sources', text: deb822 }], 'bookworm')).toEqual([
    `deb ${signed} http://mirror.example/debian bookworm main`,
    `deb ${signed} http://mirror.example/debian bookworm-updates main`,
    `deb ${signed} http://mirror.example/debian-security bookworm-security main`,
  ]);
});

it('keeps Debian from the one-line format, signed or not, and demands the keyring of each', () => {
  const text = `
deb http://mirror.example/debian/ bookworm main non-free-firmware # the mirror next door
deb-src http://mirror.example/debian/ bookworm main
# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-bookworm-stable.gpg] http://b.example/debian bookworm main
`;
  expect(selectDebianSources([{ name: 'sources.list', text }], 'bookworm')).toEqual([
    `deb ${signed} http://mirror.example/debian/ bookworm main`,
    `deb ${signed} http://b.example/debian bookworm main`,
  ]);
});

it.each([
  ['another keyring', 'deb [signed-by=/etc/apt/keyrings/vendor.gpg] http://vendor.example/apt bookworm main'],
  ['components that Debian has not', 'deb http://vendor.example/linux/debian bookworm stable'],
  ['a suite that Debian has not', 'deb http://vendor.example/apt bookworm-vendor main'],
  ['another release', 'deb http://mirror.example/debian trixie main'],
])('leaves out %s', (_what, text) => {
  expect(selectDebianSources([{ name: 'sources.list.d/vendor.list', text }], 'bookworm')).toEqual([]);
});

it.each([
  ['another keyring', 'Signed-By: /usr/share/keyrings/vendor.gpg'],
  [
    'a key of its own',
    'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQINBF\n -----END PGP PUBLIC KEY BLOCK-----',
  ],
  ['what is disabled', 'Enabled: no'],
])('leaves out %s in deb822', (_what, field) => {
  const text = `Types: deb\nURIs: http://vendor.example/apt\nSuites: bookworm\nComponents: main\n${field}\n`;
  expect(selectDebianSources([{ name: 'sources.list.d/vendor.sources', text }], 'bookworm')).toEqual([]);
});

it('reads a host with both formats, and no file that apt does not read', async () => {
  const folder = await temporaryFolder({
    'sources.list': 'deb http://a.example/debian bookworm main\n',
    'sources.list.d/debian.sources': deb822,
    'sources.list.d/old.list.disabled': 'deb http://old.example/debian bookworm main\n',
  });
  const uris = (await readDebianSources('bookworm', folder)).map((line) => line.split(' ')[2]);
  expect(new Set(uris)).toEqual(
    new Set([
      'http://a.example/debian',
      'http://mirror.example/debian',
      'http://mirror.example/debian-security',
    ]),
  );
});

it('says what to add where the host has no source of that Debian', async () => {
  const folder = await temporaryFolder({
    'sources.list': 'deb http://vendor.example/apt bookworm-vendor main\n',
  });
  await expect(readDebianSources('bookworm', folder)).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('deb http://MIRROR/debian bookworm main'),
  });
});
