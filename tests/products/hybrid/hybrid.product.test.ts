import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type VmName, brandId } from '@trencadis/ids';
import { type TestEc2, startEc2 } from '@trencadis/vmm-ec2/testing';
import { type RunningLibvirt, startLibvirt } from '@trencadis/vmm-libvirt/testing';
import { type RunningOpenNebula, startOpenNebula } from '@trencadis/vmm-opennebula/testing';
import { type Openstack, startOpenstack } from '@trencadis/vmm-openstack/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trencadis } from '../../end-to-end/trencadis.ts';

/*
 * The paper's test bed in small (section 5): one document over all five kinds of VM managers. Those on this host and at
 * libvirt boot and are configured; OpenStack's driver for the hypervisor, moto and the simulated OpenNebula boot nothing,
 * so there a VM is as far as its VM manager says that it runs.
 */

const document = `
network outside (outbound = 'yes' and outports = '443/tcp')
${seat('on_local', `disk.0.os.flavour = 'Debian' and disk.0.applications contains (name = 'node')`)}
${seat('on_libvirt', `disk.0.os.flavour = 'Debian' and disk.0.applications contains (name = 'node') and disk.1.size = 1g and disk.1.mount_path = '/srv/data'`)}
${seat('on_openstack', `disk.0.image.url = '@openstack@'`)}
${seat('on_ec2', `disk.0.image.url = '@ec2@'`)}
${seat('on_opennebula', `disk.0.image.url = '@opennebula@'`)}
configure on_local ( add_user {'trencadis': } )
configure on_libvirt ( add_user {'trencadis': } )
deploy on_local 1 local
deploy on_libvirt 1 kvm
deploy on_openstack 1 campus
deploy on_ec2 1 amazon
deploy on_opennebula 1 cluster
`;

function seat(id: string, image: string): string {
  return `system ${id} (
  cpu.arch = 'x86_64' and cpu.count >= 1 and memory.size >= 512m and repair = 'yes' and
  net_interface.0.connection = 'outside' and disk.0.os.name = 'linux' and ${image}
)`;
}

/** Where KVM does not work, the guest of libvirt is emulated; images are built the first time. */
const slowMs = 1_200_000;

interface Status {
  readonly phase: string;
  readonly vms: readonly { readonly name: string; readonly vmm: string; readonly status: string }[];
}

let trencadis: Trencadis;
let libvirt: RunningLibvirt;
let openstack: Openstack;
let ec2: TestEc2;
let opennebula: RunningOpenNebula;

const hostOf = (endpoint: string) => new URL(endpoint).hostname;

/** JSON is YAML. */
async function addClouds(): Promise<void> {
  const clouds = {
    kvm: {
      product: 'libvirt',
      scope: 'platform',
      endpoint: libvirt.endpoint,
      credentials: libvirt.credentials,
    },
    campus: { product: 'openstack', endpoint: openstack.endpoint, credentials: openstack.credentials },
    amazon: { product: 'ec2', endpoint: ec2.endpoint, credentials: ec2.credentials },
    cluster: { product: 'opennebula', endpoint: opennebula.endpoint, credentials: opennebula.credentials },
  };
  const file = join(trencadis.home, 'clouds.yaml');
  await writeFile(file, JSON.stringify({ clouds }), { mode: 0o600 });
  await trencadis.run('cloud', 'add', '--file', file);
}

async function writeDocument(): Promise<string> {
  const file = join(trencadis.home, 'test-bed.radl');
  const urls = {
    openstack: `ost://${hostOf(openstack.endpoint)}/${openstack.image.location}`,
    ec2: `aws://eu-west-1/${ec2.image.location}`,
    opennebula: `one://${hostOf(opennebula.endpoint)}/${opennebula.image.location}`,
  };
  const filled = Object.entries(urls).reduce((text, [key, url]) => text.replace(`@${key}@`, url), document);
  await writeFile(file, filled);
  return file;
}

async function status(): Promise<Status> {
  return JSON.parse(await trencadis.run('status', 'test-bed', '--json')) as Status;
}

async function vmAt(vmm: string): Promise<VmName> {
  const vm = (await status()).vms.find((each) => each.vmm.endsWith(vmm));
  if (vm === undefined) throw new Error(`no VM at ${vmm}`);
  return brandId('VmName', vm.name);
}

async function allRun(): Promise<void> {
  const reading = async () => {
    const { phase, vms } = await status();
    return [phase, ...vms.map((vm) => `${vm.vmm.replace(/^.*~/, '')} ${vm.status}`).toSorted()];
  };
  const running = ['amazon', 'campus', 'cluster', 'kvm', 'local'].map((name) => `${name} running`);
  await expect.poll(reading, { timeout: 600_000, interval: 2000 }).toEqual(['deployed', ...running]);
}

/** Ended in reverse, each whatever becomes of the others. */
const opened = new AsyncDisposableStack();

async function open<Product extends { stop(): Promise<void> }>(starting: Promise<Product>): Promise<Product> {
  const product = await starting;
  opened.defer(() => product.stop());
  return product;
}

beforeAll(async () => {
  [libvirt, openstack, ec2, opennebula] = await Promise.all([
    open(startLibvirt()),
    open(startOpenstack()),
    open(startEc2()),
    open(startOpenNebula()),
  ]);
  trencadis = opened.use(await Trencadis.create());
});
afterAll(() => opened.disposeAsync());

describe(
  'one document over local machines, libvirt, OpenStack, EC2 and OpenNebula',
  { timeout: slowMs },
  () => {
    it('has clouds whose credentials hold every right', async () => {
      await addClouds();
      for (const name of ['kvm', 'campus', 'amazon', 'cluster']) {
        expect(await trencadis.run('cloud', 'test', name)).not.toMatch(/^no /m);
      }
    });

    it('is planned with the place of each system, its image and its size', async () => {
      await trencadis.run('image', 'build', 'base-toolkits');
      await trencadis.run('image', 'build', 'base-toolkits', '--format', 'qcow2');
      await trencadis.run('image', 'import');
      const plan = await trencadis.run('plan', await writeDocument(), '--name', 'test-bed');
      for (const name of ['local', 'kvm', 'campus', 'amazon', 'cluster']) expect(plan).toContain(name);
      expect(plan).toMatch(/t\d\w*\.\w+/);
    });

    it('is deployed everywhere, configured where guests boot, and then there is nothing to do', async () => {
      const file = await writeDocument();
      await trencadis.run('deploy', file, '--name', 'test-bed', '--yes');
      await allRun();
      for (const vmm of ['local', 'kvm']) {
        const name = await vmAt(vmm);
        expect(await trencadis.run('ssh', 'test-bed', name, '--', 'id', '-un', 'trencadis')).toContain(
          'trencadis',
        );
      }
      const mounted = await trencadis.run(
        'ssh',
        'test-bed',
        await vmAt('kvm'),
        '--',
        'findmnt',
        '-n',
        '/srv/data',
      );
      expect(mounted).toContain('/srv/data');
      expect(await trencadis.run('deploy', file, '--name', 'test-bed', '--yes')).toContain('Nothing to do');
    });

    it('is healed when VMs are deleted behind its back', async () => {
      const stolen = {
        campus: (name: VmName) => openstack.removeBehind(name),
        amazon: (name: VmName) => ec2.removeBehind(name),
        cluster: async (name: VmName) => opennebula.removeVm(name),
        kvm: async (name: VmName) => {
          await libvirt.virsh('destroy', name);
          await libvirt.virsh('undefine', name);
        },
      };
      await Promise.all(Object.entries(stolen).map(async ([vmm, remove]) => remove(await vmAt(vmm))));
      await expect
        .poll(async () => (await status()).phase, { timeout: 60_000, interval: 500 })
        .not.toBe('deployed');
      await allRun();
    });

    it('leaves nothing at any of them when it is destroyed', async () => {
      await trencadis.run('destroy', 'test-bed', '--yes');
      expect(await trencadis.leftovers()).toEqual([]);
      expect(await libvirt.leftovers()).toEqual([]);
      expect(await openstack.leftovers()).toEqual([]);
      expect(await ec2.leftovers()).toEqual([]);
      expect(await opennebula.leftovers()).toEqual([]);
    });
  },
);
