import type { ConfigurationContext, ConfiguredMachine, MachineFacts } from '@trencadis/contextualization';

export function facts(number: number, hostName: string, change: Partial<MachineFacts> = {}): MachineFacts {
  const vmm = { type: 'OpenStack', server: 'cloud.example.org' };
  return { number, hostName, vmId: `id-of-${hostName}`, vmm, interfaces: [], ...change };
}

const front: ConfiguredMachine = {
  ...facts(0, 'front.example.org', {
    interfaces: [
      { kind: 'public', address: '158.42.1.2', hostName: 'front.example.org' },
      { kind: 'private', address: '10.0.0.2', hostName: 'inner.local' },
    ],
  }),
  disks: [],
  applications: [],
  radl: [{ class: 'system', id: 'front', 'net_interface.0.dns_name': 'front' }],
  recipes: {},
};

/** `front` among two `wn`, which share the network `net` with it. */
export function contextOf(machine: Partial<ConfiguredMachine> = {}): ConfigurationContext {
  const worker = (number: number) => ({
    vmName: `vm-wn-${number}`,
    systemId: 'wn',
    addresses: { net: `10.0.0.1${number}` },
    machine: facts(number, `wn-${number}`, {
      interfaces: [{ kind: 'private', address: `10.0.0.1${number}` }],
    }),
  });
  return {
    infrastructureId: 'inf-aaaaaaaa',
    vmName: 'vm-front',
    systemId: 'front',
    addresses: { public: '158.42.1.2', net: '10.0.0.2' },
    peers: [worker(1), worker(0)],
    machine: { ...front, ...machine },
    certificate: { certificatePem: '', privateKeyPem: 'KEY-OF-TEST', authorityPem: '' },
    databases: {},
    secrets: { token: '{{ SECRET-OF-TEST }}' },
    parameters: {},
  };
}
