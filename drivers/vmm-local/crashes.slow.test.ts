import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { processesIn, removeCgroup } from './cgroup.ts';
import { creationSteps, recordMachine } from './create-machine.ts';
import { layoutOf } from './layout.ts';
import { createLocalVmm, probeLocalVmm } from './index.ts';
import { siteOf } from './site.ts';
import { disconnect } from './machine-network.ts';
import { unmountAll } from './mounts.ts';
import { removeBridge } from './bridge.ts';
import { leaderOf } from './power.ts';
import { readMachine } from './records.ts';
import { MachineLab } from './testing/machine-lab.ts';

const signal = new AbortController().signal;
let lab: MachineLab;

beforeAll(async () => {
  lab = await MachineLab.open();
});
afterEach(async () => {
  await lab.sweep();
  await lab.expectNothingLeft();
});
afterAll(() => lab.close());

const placesOf = (name: string) => layoutOf(lab.directory).machine(lab.spec(name).name);

describe('a platform that dies', () => {
  it.each(Array.from({ length: creationSteps.length + 1 }, (_, done) => done))(
    'after %i steps of a creation leaves a machine that is listed, deleted or finished',
    async (done) => {
      const site = siteOf({ directory: lab.directory, addressPool: '10.205.0.0/16' });
      const disks = [{ disk: await lab.disk('data'), mountPath: '/srv/data' }];
      const login = { ...lab.spec('x').login, user: 'trencadis' };
      const spec = lab.spec('half', { disks, login, interfaces: [await lab.network('in')] });
      const halfMake = async () => {
        const machine = await recordMachine(site, spec, signal);
        for (const step of creationSteps.slice(0, done)) await step(site, machine, signal);
      };
      await halfMake();
      const [listed] = await lab.driver().listVms(lab.tag, signal);
      expect(listed).toMatchObject({
        name: 'half',
        status: done === creationSteps.length ? 'running' : 'creating',
      });
      await lab.driver().deleteVm(spec.name, signal);
      expect(await lab.driver().listVms(lab.tag, signal)).toEqual([]);

      await halfMake();
      const finished = await lab.driver().createVm(spec, signal);
      expect(await lab.ssh(finished, 'id -un; findmnt -n -o FSTYPE /srv/data')).toBe('trencadis\next4');
    },
  );

  it.each([40, 90, 140, 250])(
    'by kill -9, %i ms into its work, leaves nothing that is not found',
    async (afterMs) => {
      const spec = lab.spec('killed', { interfaces: [await lab.network('in')] });
      const program = `
      const { createLocalVmm } = await import(${JSON.stringify(new URL('./index.ts', import.meta.url).href)});
      const driver = createLocalVmm(${JSON.stringify({ directory: lab.directory })});
      console.log('ready');
      await driver.createVm(${JSON.stringify(spec)}, new AbortController().signal);`;
      const child = execa(process.execPath, ['--input-type=module', '-e', program], { reject: false });
      await once(child.stdout, 'data');
      await systemClock.sleep(afterMs);
      child.kill('SIGKILL');
      await child;
      const finished = await lab.driver().createVm(spec, signal);
      expect(await lab.ssh(finished, 'hostname')).toBe('killed');
    },
  );
});

describe('a local machine whose host misbehaves', () => {
  it('is still found, and deleted, when its supervisor was killed', async () => {
    const spec = lab.spec('orphan', { interfaces: [await lab.network('in')] });
    const vm = await lab.driver().createVm(spec, signal);
    await lab.ssh(vm, 'true');
    const { kernelName } = placesOf('orphan');
    const leader = await leaderOf(kernelName);
    const { stdout } = await execa('ps', ['-o', 'ppid=', '-p', String(leader)]);
    process.kill(Number(stdout), 'SIGKILL');
    expect(await lab.driver().describeVm(vm.name, signal)).toMatchObject({ status: 'running' });
    await lab.driver().deleteVm(vm.name, signal);
    expect(await processesIn(kernelName)).toEqual([]);
  });

  it('is stopped after the host has restarted, and starts with the same addresses and host key', async () => {
    const { network } = await lab.network('in');
    const vm = await lab.driver().createVm(lab.spec('before', { interfaces: [{ network }] }), signal);
    const layout = layoutOf(lab.directory);
    const places = placesOf('before');
    await removeCgroup(places.kernelName, systemClock, signal);
    await unmountAll(places.directory, signal);
    await disconnect(places, (await readMachine(layout, vm.name))!, signal);
    await removeBridge(layout.bridge(network), signal);
    expect(await lab.driver().describeVm(vm.name, signal)).toEqual({ ...vm, status: 'stopped' });
    await lab.driver().startVm(vm.name, signal);
    expect(await lab.driver().describeVm(vm.name, signal)).toEqual(vm);
    expect(await lab.ssh(vm, 'hostname')).toBe('before');
  });

  it('has failed when its image cannot boot, and says so', async () => {
    const location = join(lab.directory, 'broken-image');
    for (const file of ['usr/lib/systemd/systemd', 'usr/sbin/sshd', 'etc/passwd', 'etc/os-release']) {
      await mkdir(join(location, file, '..'), { recursive: true });
      await writeFile(join(location, file), '');
    }
    const spec = lab.spec('broken', { image: { ...lab.image, location } });
    await expect(lab.driver().createVm(spec, signal)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringContaining('did not boot'),
    });
    expect(await lab.driver().describeVm(spec.name, signal)).toMatchObject({ status: 'failed' });
  });

  it('cannot be made where no subnet is free, and the preflight says it first', async () => {
    expect(await probeLocalVmm({ directory: lab.directory, addressPool: '10.205.0.0/16' })).toEqual([]);
    await lab.network('in');
    const [{ subnet } = { subnet: '' }] = await lab.driver().networks.listNetworks(lab.tag, signal);
    const crowded = { directory: lab.directory, addressPool: subnet };
    expect(await probeLocalVmm(crowded)).toMatchObject([
      { severity: 'error', what: expect.stringContaining(subnet) },
    ]);
    const spec = { name: brandId('NetworkName', 'other'), tag: lab.tag, kind: 'private' } as const;
    await expect(createLocalVmm(crowded).networks.createNetwork(spec, signal)).rejects.toMatchObject({
      code: 'quota-exceeded',
      message: expect.stringContaining(subnet),
    });
  });
});
