import { expect, it } from 'vitest';
import { type StartSite, codeOf, expectUnsupported, signal } from './site.ts';

export function testOffers(start: StartSite): void {
  it('tells the sizes in which VMs come, and refuses others', async () => {
    const site = start();
    const { capabilities } = site.driver;
    const types = await site.driver.listInstanceTypes(signal);
    expect(types.length > 0).toBe(capabilities.instanceTypes);
    expect(new Set(types.map(({ name }) => name)).size).toBe(types.length);
    const spec = site.vm('odd', { instanceType: 'no-such-type' });
    const expected = capabilities.instanceTypes ? ['invalid-argument', 'not-found'] : ['unsupported'];
    expect(expected).toContain(await codeOf(site.driver.createVm(spec, signal)));
    expect(await site.driver.listVms(site.tag, signal)).toEqual([]);
    if (!capabilities.instanceTypes) return;
    const { vm } = await site.started('typed');
    expect(types.map(({ name }) => name)).toContain(vm.instanceType);
  });

  it('refuses a zone that is not there, and spare capacity where there is none', async () => {
    const site = start();
    const { zones, spot } = site.driver.capabilities;
    const astray = site.vm('astray', { zone: 'no-such-zone' });
    const expected = zones ? ['invalid-argument', 'not-found'] : ['unsupported'];
    expect(expected).toContain(await codeOf(site.driver.createVm(astray, signal)));
    const spare = await codeOf(site.driver.createVm(site.vm('spare', { spot: {} }), signal));
    expect(spare).toBe(spot ? 'succeeded' : 'unsupported');
    expect(await site.driver.listVms(site.tag, signal)).toHaveLength(spot ? 1 : 0);
  });

  it('lists the images that may be booted, or says that it cannot', async () => {
    const site = start();
    const { images, capabilities } = site.driver;
    const filter = site.imagePattern === undefined ? {} : { pattern: site.imagePattern };
    if (!capabilities.imageListing) return expectUnsupported(images.listBootable(filter, signal));
    const listed = await images.listBootable(filter, signal);
    const { image } = site.vm('any');
    expect(listed.map(({ location, digest }) => ({ location, digest }))).toContainEqual(image);
    expect(await images.listBootable({ pattern: `${site.tag}-absent` }, signal)).toEqual([]);
  });

  it('holds every right that it needs', async () => {
    const checks = await start().driver.checkRights(signal);
    expect(checks.length).toBeGreaterThan(0);
    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
  });
}
