import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningLibvirt, startLibvirt } from '@trencadis/vmm-libvirt/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trencadis } from '../../end-to-end/trencadis.ts';

/* Where KVM does not work, guests run on QEMU's emulation, ten to twenty times slower. */
const slowMs = 2_400_000;

let trencadis: Trencadis;
let libvirt: RunningLibvirt;

/** Ended in reverse, each whatever becomes of the other. */
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  libvirt = await startLibvirt();
  opened.defer(() => libvirt.stop());
  trencadis = opened.use(await Trencadis.create());
});
afterAll(() => opened.disposeAsync());

interface Status {
  readonly phase: string;
  readonly vms: readonly { readonly status: string; readonly vmm: string }[];
}

describe("the paper's Fig. 3 on libvirt", { timeout: slowMs }, () => {
  it('boots images of the same recipes, is configured by Puppet, and keeps a share of a key', async () => {
    const file = join(trencadis.home, 'kvm.json');
    await writeFile(file, JSON.stringify(libvirt.credentials), { mode: 0o600 });
    const place = ['--endpoint', libvirt.endpoint, '--credentials', `@${file}`];
    await trencadis.run('cloud', 'add', 'kvm', '--product', 'libvirt', '--platform', ...place);
    const output = await trencadis.run('demo', '--cloud', 'kvm', '--yes');
    expect(output).toMatch(/The share of object [0-9A-F-]{36} came back/);
    const status = JSON.parse(await trencadis.run('status', 'key-server-kvm', '--json')) as Status;
    expect(status.phase).toBe('deployed');
    expect(status.vms.map((vm) => vm.status)).toEqual(['running', 'running']);
  });

  it('has nothing to do the second time, and the share is there after a reboot of both machines', async () => {
    expect(await trencadis.run('demo', '--cloud', 'kvm', '--yes')).toContain('Nothing to do');
    await trencadis.run('reboot', 'key-server-kvm', '--yes');
    expect(await trencadis.run('demo', '--cloud', 'kvm', '--yes')).toMatch(/came back as it was stored/);
  });

  it('leaves nothing at libvirt when it is destroyed', async () => {
    await trencadis.run('destroy', 'key-server-kvm', '--yes');
    expect(await libvirt.leftovers()).toEqual([]);
  });
});
