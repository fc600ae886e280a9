import { type DiskName, type NetworkName, type Tag, type VmName, brandId, newUuid } from '@trencadis/ids';
import type { VmSpec, VmmDriver } from '@trencadis/vmm';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { createEc2Vmm } from '../index.ts';
import { type TestEc2, startEc2 } from './index.ts';

const signal = new AbortController().signal;

/** An account for one file of tests, and in it a tag for each test, after which nothing may be left. */
export class TestAccount {
  #ec2: TestEc2 | undefined;
  #driver: VmmDriver | undefined;
  tag: Tag = brandId('Tag', 'acc-none');

  constructor() {
    beforeAll(async () => {
      this.#ec2 = await startEc2();
      this.#driver = this.driverAt(this.#ec2.endpoint);
    });
    beforeEach(() => {
      this.tag = brandId('Tag', `acc-${newUuid().slice(0, 8)}`);
    });
    afterEach(() => this.#sweep());
    afterAll(() => this.#ec2?.stop());
  }

  get ec2(): TestEc2 {
    if (this.#ec2 === undefined) throw new Error('moto has not been started yet');
    return this.#ec2;
  }

  get driver(): VmmDriver {
    if (this.#driver === undefined) throw new Error('moto has not been started yet');
    return this.#driver;
  }

  /** As another process of the platform. */
  driverAt(endpoint: string): VmmDriver {
    return createEc2Vmm({ credentials: this.ec2.credentials, endpoint, pollEveryMs: 5 });
  }

  vmName(label: string): VmName {
    return brandId('VmName', `${this.tag}-${label}`);
  }

  netName(label: string): NetworkName {
    return brandId('NetworkName', `${this.tag}-${label}`);
  }

  diskName(label: string): DiskName {
    return brandId('DiskName', `${this.tag}-${label}`);
  }

  network(label: string, kind: 'public' | 'private' = 'private') {
    return this.driver.networks.createNetwork({ name: this.netName(label), tag: this.tag, kind }, signal);
  }

  vm(label: string, changes: Partial<VmSpec> = {}): VmSpec {
    return {
      name: this.vmName(label),
      tag: this.tag,
      hostName: label,
      image: this.ec2.image,
      instanceType: 't2.micro',
      cpuCount: 1,
      memoryMiB: 1024,
      interfaces: [],
      disks: [],
      login: { user: 'admin', authorizedKey: 'ssh-ed25519 AAAA' },
      ...changes,
    };
  }

  async #sweep(): Promise<void> {
    const { driver, tag, ec2 } = this;
    for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
    for (const { name } of await driver.disks.listDisks(tag, signal)) {
      await driver.disks.deleteDisk(name, signal);
    }
    for (const { name } of await driver.networks.listNetworks(tag, signal)) {
      await driver.networks.deleteNetwork(name, signal);
    }
    const leftovers = await ec2.leftovers();
    if (leftovers.length > 0) throw new Error(`left behind: ${leftovers.join(', ')}`);
  }
}
