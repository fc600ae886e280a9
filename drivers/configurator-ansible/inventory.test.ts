import { describe, expect, it } from 'vitest';
import { hostsLines } from './hosts-lines.ts';
import { inventoryJson } from './inventory.ts';
import { contextOf } from './testing/context.ts';

const endpoint = { host: '158.42.1.2', port: 22, user: 'admin' };
const options = { endpoint, privateKeyFile: '/job/key', python: 'python3' };

interface Inventory {
  readonly all: {
    readonly hosts: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    readonly children: Readonly<Record<string, { readonly hosts: object }>>;
    readonly vars: Readonly<Record<string, unknown>>;
  };
}

/** As Ansible reads it: a marked text is that text, never a template. */
function inventoryOf(context: ReturnType<typeof contextOf>): Inventory['all'] {
  const unmark = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && '__ansible_unsafe' in value
      ? value['__ansible_unsafe']
      : value;
  return (JSON.parse(inventoryJson(context, options), unmark) as Inventory).all;
}

describe('inventoryJson', () => {
  const disks = [
    { device: 'vdb', mountPath: '/data', fsType: 'ext4' },
    { mountPath: '/held', fsType: 'ext4' },
  ];
  const applications = [
    { name: 'my-app', version: '1.2', path: '/opt/app' },
    { name: 'there', isInImage: true },
    { name: 'ansible.roles.x' },
  ];
  const { hosts, children, vars } = inventoryOf(contextOf({ disks, applications }));

  it('has every machine in the group of its system', () => {
    expect(Object.keys(hosts)).toEqual(['vm-front', 'vm-wn-1', 'vm-wn-0']);
    const names = Object.entries(children).map(([group, { hosts: some }]) => [group, Object.keys(some)]);
    expect(names).toEqual([
      ['front', ['vm-front']],
      ['wn', ['vm-wn-1', 'vm-wn-0']],
      ['allnowindows', ['vm-front', 'vm-wn-1', 'vm-wn-0']],
    ]);
  });

  it("gives each machine the Infrastructure Manager's variables", () => {
    expect(hosts['vm-front']).toMatchObject({
      IM_NODE_HOSTNAME: 'front',
      IM_NODE_DOMAIN: 'example.org',
      IM_NODE_FQDN: 'front.example.org',
      IM_NODE_PRIVATE_IP: '10.0.0.2',
      IM_NODE_PUBLIC_IP: '158.42.1.2',
      IM_NODE_NUM: 0,
      IM_NODE_VMID: 'id-of-front.example.org',
      IM_NODE_CLOUD_TYPE: 'OpenStack',
      IM_NODE_CLOUD_SERVER: 'cloud.example.org',
      IM_NODE_NET_0_IP: '158.42.1.2',
      IM_NODE_NET_0_FQDN: 'front.example.org',
      IM_NODE_NET_1_IP: '10.0.0.2',
      IM_NODE_NET_1_HOSTNAME: 'inner',
      IM_NODE_NET_1_DOMAIN: 'local',
      IM_APP_my_app_VERSION: '1.2',
      IM_APP_my_app_PATH: '/opt/app',
    });
    expect(hosts['vm-wn-1']).toEqual({
      ansible_host: '10.0.0.11',
      IM_NODE_HOSTNAME: 'wn-1',
      IM_NODE_DOMAIN: '',
      IM_NODE_FQDN: 'wn-1',
      IM_NODE_PRIVATE_IP: '10.0.0.11',
      IM_NODE_NUM: 1,
      IM_NODE_VMID: 'id-of-wn-1',
      IM_NODE_CLOUD_TYPE: 'OpenStack',
      IM_NODE_CLOUD_SERVER: 'cloud.example.org',
      IM_NODE_NET_0_IP: '10.0.0.11',
    });
    expect(vars).toEqual({
      IM_MASTER_HOSTNAME: 'front',
      IM_MASTER_DOMAIN: 'example.org',
      IM_MASTER_FQDN: 'front.example.org',
      IM_FRONT_NUM_VMS: 1,
      IM_WN_NUM_VMS: 2,
      IM_INFRASTRUCTURE_ID: 'inf-aaaaaaaa',
      IM_INFRASTRUCTURE_RADL: [{ class: 'system', id: 'front', net_interface_0_dns_name: 'front' }],
    });
  });

  it('connects to the one machine only, and says what is to be brought about on it', () => {
    expect(hosts['vm-front']).toMatchObject({ ansible_host: '158.42.1.2', ansible_port: 22 });
    expect(hosts['vm-wn-0']).not.toHaveProperty('ansible_ssh_private_key_file');
    expect(hosts['vm-front']?.['trencadis_machine']).toEqual({
      hosts: hostsLines(contextOf()),
      disks: [{ device: '/dev/vdb', mountPath: '/data', fsType: 'ext4' }, disks[1]],
      applications: [applications[0]],
    });
  });

  it('marks what could be taken for a template', () => {
    expect(inventoryJson(contextOf(), options)).toContain(
      '"token":{"__ansible_unsafe":"{{ SECRET-OF-TEST }}"}',
    );
  });

  it('makes do with addresses', () => {
    const { machine: _, ...plain } = contextOf();
    const peers = plain.peers.map(({ machine: __, ...peer }) => peer);
    expect(inventoryOf({ ...plain, peers }).hosts).toMatchObject({
      'vm-front': { IM_NODE_PUBLIC_IP: '158.42.1.2', IM_NODE_PRIVATE_IP: '10.0.0.2' },
      'vm-wn-0': { IM_NODE_HOSTNAME: 'vm-wn-0', IM_NODE_PRIVATE_IP: '10.0.0.10' },
    });
  });
});

describe('hostsLines', () => {
  it('names every machine at the address where this one reaches it', () => {
    expect(hostsLines(contextOf())).toEqual([
      '158.42.1.2 front.example.org front vm-front',
      '10.0.0.2 inner.local inner',
      '10.0.0.10 wn-0 vm-wn-0',
      '10.0.0.11 wn-1 vm-wn-1',
    ]);
  });
});
