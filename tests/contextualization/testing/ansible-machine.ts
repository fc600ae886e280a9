import type { ConfiguredMachine } from '@trencadis/contextualization';

/** What is known of a test's machine, and what is asked for on it. */
export function machineOf(
  name: string,
  address: string,
  change: Partial<ConfiguredMachine> = {},
): ConfiguredMachine {
  return {
    number: 3,
    hostName: `${name}.example.org`,
    vmId: 'one-17',
    vmm: { type: 'Local', server: '' },
    interfaces: [{ kind: 'private', address, hostName: `${name}.example.org` }],
    disks: [],
    applications: [],
    radl: [{ class: 'system', id: 'front', 'cpu.count_min': 2 }],
    recipes: {},
    ...change,
  };
}

/** A package that only new lists name, in the machine's one repository. */
export const localPackage = `
mkdir -p /srv/repository /tmp/ourtool/DEBIAN
printf 'Package: ourtool\\nVersion: 1.2-3\\nArchitecture: all\\nMaintainer: test <test@example.org>\\nDescription: test\\n' >/tmp/ourtool/DEBIAN/control
dpkg-deb --build /tmp/ourtool /srv/repository/ourtool.deb >/dev/null
cd /srv/repository
{ cat /tmp/ourtool/DEBIAN/control; echo Filename: ./ourtool.deb; echo Size: $(stat -c %s ourtool.deb); echo SHA256: $(sha256sum ourtool.deb | cut -d' ' -f1); } >Packages
rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/*
echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list
`;
