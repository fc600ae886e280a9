import { systemClock } from '@trencadis/clock';
import { isPlatformError, type PlatformError } from '@trencadis/errors';
import { type DiskName, type NetworkName, type Tag, type VmName, brandId, newUuid } from '@trencadis/ids';
import type { ImageReference, VmSpec, VmmDriver } from '@trencadis/vmm';
import { z } from 'zod';
import { type Cloud, openCloud } from '../cloud.ts';
import type { OpenstackCredentials } from '../credentials.ts';
import { createOpenstackVmm } from '../index.ts';

const signal = new AbortController().signal;
const made = z.looseObject({ id: z.string() });

interface Place {
  readonly endpoint: string;
  readonly credentials: OpenstackCredentials;
  readonly image: ImageReference;
}

/** Names of its own for one test, at a cloud that several use. */
export class TroubleLab {
  readonly tag: Tag = brandId('Tag', `trouble-${newUuid().slice(0, 8)}`);
  readonly vm: VmName = brandId('VmName', `${this.tag}-vm`);
  readonly network: NetworkName = brandId('NetworkName', `${this.tag}-net`);
  readonly disk: DiskName = brandId('DiskName', `${this.tag}-disk`);
  readonly driver: VmmDriver;
  /** The same account, past the driver. */
  readonly cloud: Cloud;
  readonly #place: Place;

  constructor(place: Place) {
    this.#place = place;
    this.driver = this.anotherDriver();
    this.cloud = openCloud({ ...place, clock: systemClock });
  }

  anotherDriver(changes: Partial<OpenstackCredentials> = {}): VmmDriver {
    const { endpoint, credentials } = this.#place;
    return createOpenstackVmm({ endpoint, credentials: { ...credentials, ...changes } });
  }

  spec(changes: Partial<VmSpec> = {}): VmSpec {
    const { vm: name, tag } = this;
    const size = { cpuCount: 1, memoryMiB: 256, instanceType: 't.tiny' };
    const login = { user: 'debian', authorizedKey: `ssh-ed25519 ${'A'.repeat(67)}B test` };
    const { image } = this.#place;
    return { name, tag, hostName: 'host', image, ...size, interfaces: [], disks: [], login, ...changes };
  }

  onNetwork(changes: Partial<VmSpec> = {}): VmSpec {
    return this.spec({ interfaces: [{ network: this.network }], ...changes });
  }

  createNetwork(kind: 'public' | 'private', driver = this.driver) {
    return driver.networks.createNetwork({ name: this.network, tag: this.tag, kind }, signal);
  }

  createDisk(sizeGiB: number, driver = this.driver) {
    return driver.disks.createDisk({ name: this.disk, tag: this.tag, sizeGiB }, signal);
  }

  /** Makes a thing past the driver, as somebody else in the project does. */
  async make(
    service: 'nova' | 'neutron' | 'cinder' | 'glance',
    path: string,
    body: object,
  ): Promise<MadeThing> {
    const [key = ''] = service === 'glance' ? [] : Object.keys(body);
    const schema =
      key === '' ? made : z.object({ [key]: made }).transform((answer) => made.parse(answer[key]));
    const { id } = await this.cloud[service].call({ method: 'POST', path, body }, schema, signal);
    return { id, remove: () => this.cloud[service].remove(`${path}/${id}`, signal) };
  }

  async sweep(): Promise<void> {
    const { driver, tag } = this;
    for (const { name } of await driver.listVms(tag, signal)) await driver.deleteVm(name, signal);
    for (const { name } of await driver.disks.listDisks(tag, signal))
      await driver.disks.deleteDisk(name, signal);
    for (const { name } of await driver.networks.listNetworks(tag, signal)) {
      await driver.networks.deleteNetwork(name, signal);
    }
  }
}

export interface MadeThing {
  readonly id: string;
  readonly remove: () => Promise<void>;
}

/** What work fails with; that it succeeds, or fails otherwise, is thrown. */
export async function refusal(work: Promise<unknown>): Promise<PlatformError> {
  const error = await work.then(
    (value) => new Error(`succeeded: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (isPlatformError(error)) return error;
  throw error;
}
