import { describe, expect, it } from 'vitest';
import { keyServerDocument } from './simulated-platform.ts';
import { SimulatedService } from './simulated-service.ts';
import { kindsAtSite, vmNames, wholeSite } from './site-checks.ts';

describe('deploying', () => {
  it('brings Fig. 3 about; the next plan is empty and applying it does nothing', async () => {
    await using simulated = await SimulatedService.start();
    const { plan, outcome } = await simulated.deploy();
    expect(outcome).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
    expect(simulated.platform.configured).toHaveLength(2);
    expect(await simulated.statusOf(plan)).toMatchObject({
      phase: 'deployed',
      lastPlan: { id: plan.id, saga: 'succeeded' },
    });
    const second = await simulated.plan();
    expect(second.steps).toEqual([]);
    await simulated.apply(second);
    expect(simulated.platform.configured).toHaveLength(2);
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
  });

  it('repairs a lost VM, and configures its peer anew', async () => {
    await using simulated = await SimulatedService.start();
    const { plan } = await simulated.deploy();
    const [lost] = vmNames(simulated);
    await simulated.apply(await simulated.plan());
    simulated.platform.site.removeVm(lost!);
    expect((await simulated.statusOf(plan)).phase).toBe('degraded');
    const repair = await simulated.plan();
    expect(repair.steps.map(({ id }) => id.split(':')[0])).toEqual([
      'create-vm',
      'await-shell',
      'configure-vm',
      'configure-vm',
    ]);
    await simulated.apply(repair);
    expect(await simulated.wait(repair)).toBe('succeeded');
    expect(vmNames(simulated)).toContain(lost);
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
    expect((await simulated.plan()).steps).toEqual([]);
  });

  it('starts what was stopped', async () => {
    await using simulated = await SimulatedService.start();
    await simulated.deploy();
    const [vm] = simulated.platform.site.vms.values();
    vm!.isOn = false;
    const repair = await simulated.plan();
    expect(repair.steps.map(({ kind }) => kind)).toEqual(['start-vm@1', 'await-shell@1']);
    await simulated.apply(repair);
    expect(await simulated.wait(repair)).toBe('succeeded');
    expect(vm!.isOn).toBe(true);
  });

  it('removes what the next document does not ask for', async () => {
    await using simulated = await SimulatedService.start();
    await simulated.deploy();
    const two = keyServerDocument.replace('deploy GT4_JAVA_ANT 1', 'deploy GT4_JAVA_ANT 2');
    const more = await simulated.plan(two);
    await simulated.apply(more);
    expect(await simulated.wait(more)).toBe('succeeded');
    expect(simulated.platform.site.vms.size).toBe(3);
    const fewer = await simulated.plan();
    await simulated.apply(fewer);
    expect(await simulated.wait(fewer)).toBe('succeeded');
    expect(simulated.platform.site.vms.size).toBe(2);
    expect((await simulated.statusOf(fewer)).phase).toBe('deployed');
  });

  it('replaces a VM that leaves a network, then removes the network', async () => {
    await using simulated = await SimulatedService.start();
    await simulated.deploy();
    const privateOnly = keyServerDocument
      .replace("network public (outbound = 'yes')", '')
      .replace('net_interfaces.count = 2', 'net_interfaces.count = 1')
      .replace("net_interface.0.connection = 'public' and", '')
      .replace('net_interface.1.connection', 'net_interface.0.connection');
    const change = await simulated.plan(privateOnly);
    await simulated.apply(change);
    expect(await simulated.wait(change)).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(['network', 'vm', 'vm']);
    expect((await simulated.plan(privateOnly)).steps).toEqual([]);
  });
});

describe('failing', () => {
  it('undoes all of it; the error names the VM and the resource', async () => {
    await using simulated = await SimulatedService.start({ failConfigurationOf: 'gt4-java-ant' });
    const { plan, outcome } = await simulated.deploy('undo');
    expect(outcome).toBe('undone');
    expect(kindsAtSite(simulated)).toEqual([]);
    const { phase, lastPlan } = await simulated.statusOf(plan);
    expect(phase).toBe('failed');
    const failed = lastPlan?.steps.filter(({ error }) => error?.includes('Deploy_gs[x]'));
    expect(failed?.map(({ id, state }) => [id.replace(/inf-\w+-/, ''), state])).toEqual([
      ['configure-vm:gt4-java-ant-1:1:puppet', 'undone'],
    ]);
    expect(failed?.[0]?.error).toMatch(
      /Resource Deploy_gs\[x\] of inf-\w+-gt4-java-ant-1 failed: no space left/,
    );
    const again = await simulated.deploy();
    expect(again.outcome).toBe('succeeded');
    expect(again.plan.infrastructureId).toBe(plan.infrastructureId);
  });

  it('keeps what there is when asked to; the next plan does only the rest', async () => {
    await using simulated = await SimulatedService.start({ failConfigurationOf: 'gt4-java-ant' });
    const { plan, outcome } = await simulated.deploy('keep');
    expect(outcome).toBe('kept');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
    expect((await simulated.statusOf(plan)).phase).toBe('failed');
    const rest = await simulated.plan();
    expect(rest.steps.map(({ id }) => id.replace(/inf-\w+-/, ''))).toEqual([
      'configure-vm:gt4-java-ant-1:1:puppet',
    ]);
    await simulated.apply(rest);
    expect(await simulated.wait(rest)).toBe('succeeded');
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
  });

  it('leaves what was there as it was, so that adding again adds once', async () => {
    await using simulated = await SimulatedService.start();
    const { plan } = await simulated.deploy();
    const radl = 'system GT4_JAVA_ANT\ndeploy GT4_JAVA_ANT 1';
    const add = () => simulated.planChange(plan, { kind: 'add', radl, dialect: 'im' });
    simulated.platform.site.failNext('createVm', 'invalid-argument');
    const failing = await add();
    await simulated.apply(failing);
    expect(await simulated.wait(failing)).toBe('undone');
    expect((await simulated.infrastructureOf(plan)).radl).toBe(keyServerDocument);
    expect((await simulated.plan()).steps).toEqual([]);
    const again = await add();
    await simulated.apply(again);
    expect(await simulated.wait(again)).toBe('succeeded');
    expect(simulated.platform.site.vms.size).toBe(3);
  });

  it('goes to the next VM manager where the first has no room for all, and says so', async () => {
    await using simulated = await SimulatedService.start({ quota: { vms: 1 } });
    const { plan, outcome } = await simulated.deploy();
    expect(outcome).toBe('succeeded');
    const because = '2 VMs asked for, 1 of its quota of 1 left';
    expect(plan.placements).toMatchObject([
      { vmm: 'second', others: [{ vmm: 'memory', isPossible: false, because }] },
    ]);
    expect(kindsAtSite(simulated)).toEqual([]);
    expect(simulated.platform.second.world.vms.size).toBe(2);
    expect((await simulated.statusOf(plan)).phase).toBe('deployed');
    expect((await simulated.plan()).steps).toEqual([]);
  });

  it('leaves nothing when the site has less room than it said', async () => {
    await using simulated = await SimulatedService.start();
    const plan = await simulated.plan();
    simulated.platform.site.failNext('createVm', 'quota-exceeded', 100);
    await simulated.apply(plan);
    expect(await simulated.wait(plan)).toBe('undone');
    expect(kindsAtSite(simulated)).toEqual([]);
    const failures = (await simulated.sagas.events(plan.id)).filter(({ kind }) => kind === 'failed');
    expect(failures.map(({ errorCode }) => errorCode)).toContain('quota-exceeded');
  });

  it('tries again while the site is not reachable', async () => {
    await using simulated = await SimulatedService.start();
    simulated.platform.site.failNext('createVm', 'unavailable');
    simulated.platform.site.failAfter('createNetwork', 'unavailable');
    expect((await simulated.deploy()).outcome).toBe('succeeded');
    expect(kindsAtSite(simulated)).toEqual(wholeSite);
  });
});
