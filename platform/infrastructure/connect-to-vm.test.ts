import { systemClock } from '@trencadis/clock';
import { brandId, sha256OfText } from '@trencadis/ids';
import { parseSealingKey } from '@trencadis/sealing';
import type { Vm, VmmDriver } from '@trencadis/vmm';
import { expect, test } from 'vitest';
import { shellEndpointOf } from './connect-to-vm.ts';
import { networkName } from './resource-names.ts';
import { exampleInfrastructure } from './testing/examples.ts';
import { fixedVmms } from './testing/fixed-vmms.ts';
import { createMemoryInfrastructureStore } from './testing/memory-store.ts';
import { createVault } from './vault.ts';

const { id } = exampleInfrastructure('front');
const inside = brandId('NetworkName', 'inside');
const signal = AbortSignal.timeout(10_000);

function vm(label: string, address: string, change: Partial<Vm> = {}): Vm {
  return {
    name: brandId('VmName', label),
    tag: brandId('Tag', id),
    status: 'running',
    image: { location: '/image', digest: sha256OfText('image') },
    cpuCount: 1,
    memoryMiB: 512,
    addresses: [{ network: inside, address }],
    disks: [],
    hostKeys: [`ssh-ed25519 ${label}`],
    ...change,
  };
}

const inner = vm('inner', '10.0.1.5');
const { name } = inner;
const ssh = { host: '203.0.113.7', port: 2222, user: 'root' };

async function endpointOf(vms: readonly Vm[], { radl = '', bastion = '' } = {}) {
  const sealingKey = parseSealingKey(Buffer.alloc(32, 1).toString('base64url'));
  const store = createMemoryInfrastructureStore();
  await store.insert({ ...exampleInfrastructure('front'), id, radl });
  const vault = createVault({ store, sealingKey, clock: systemClock });
  const driver = {
    capabilities: { shell: true },
    describeVm: async () => vms.find((each) => each.name === name),
    listVms: async () => vms,
  } as unknown as VmmDriver;
  const vmms = fixedVmms(new Map([['memory', driver]]));
  const { privateKey } = await vault.sshKeyPair(id);
  const place = { infrastructureId: id, vmm: 'memory', name, ...(bastion && { bastion }) };
  return { endpoint: shellEndpointOf({ vmms, vault, store }, place, signal), privateKey };
}

test('a VM that SSH reaches is reached directly', async () => {
  const { endpoint, privateKey } = await endpointOf([{ ...inner, ssh }, vm('gate', '10.0.1.2', { ssh })]);
  expect(await endpoint).toEqual({ ...ssh, privateKey, hostKeys: ['ssh-ed25519 inner'] });
});

test('one on private networks only is reached through its sibling, each known by its own host keys', async () => {
  const { endpoint, privateKey } = await endpointOf([inner, vm('gate', '10.0.1.2', { ssh })]);
  expect(await endpoint).toEqual({
    host: '10.0.1.5',
    port: 22,
    user: 'root',
    privateKey,
    hostKeys: ['ssh-ed25519 inner'],
    via: { ...ssh, privateKey, hostKeys: ['ssh-ed25519 gate'] },
  });
});

test('one on a network with a host of its own to enter by goes through that, with its own key', async () => {
  const radl = `network inside (proxy_host = 'ana@gate.example:2022' and proxy_key = 'KEY'
    and proxy_host_key = ['ssh-ed25519 A', 'ecdsa-sha2-nistp256 B'])`;
  const there = { network: networkName(id, 'inside'), address: '10.0.1.5' };
  const own = { ...inner, ssh, addresses: [{ network: inside, address: '10.9.9.9' }, there] };
  const { endpoint, privateKey } = await endpointOf([own], { radl, bastion: 'inside' });
  expect(await endpoint).toEqual({
    host: '10.0.1.5',
    port: 22,
    user: 'root',
    privateKey,
    hostKeys: ['ssh-ed25519 inner'],
    via: {
      host: 'gate.example',
      port: 2022,
      user: 'ana',
      privateKey: 'KEY',
      hostKeys: ['ssh-ed25519 A', 'ecdsa-sha2-nistp256 B'],
    },
  });
});

test('without a way there it is unavailable, with the remedy: a sibling may still come', async () => {
  const { endpoint } = await endpointOf([inner, vm('gate', '10.0.1.2')]);
  await expect(endpoint).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/inner is on private networks only.*outbound = 'yes'/) as string,
  });
});
