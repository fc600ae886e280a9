import { expect, it } from 'vitest';
import { type StartSite, codeOf, signal } from './balancer-site.ts';

export function testMembers(start: StartSite): void {
  testJoining(start);
  testLeaving(start);
  testHealth(start);
}

function testJoining(start: StartSite): void {
  it('joins a member, which is up once it has passed its checks', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    const member = site.member(0);
    await site.driver.addMember(site.name(), member, signal);
    expect(await site.findMember('web', member.name)).toMatchObject({
      ...member,
      state: expect.stringMatching(/^(checking|up)$/) as string,
    });
    await site.setHealth(site.place(0), true);
    expect(await site.untilMember(member, 'up')).toMatchObject(member);
  });

  it('joins the same one twice as one, also at once', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    const join = () => site.driver.addMember(site.name(), site.member(0), signal);
    await Promise.all([join(), join()]);
    await join();
    const { members } = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(members).toHaveLength(1);
    await site.setHealth(site.place(0), true);
    await site.untilMember(site.member(0), 'up');
    await join();
    expect(await site.findMember('web', site.backend(0).name)).toMatchObject({ state: 'up' });
  });

  it('joins several at once', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    await Promise.all(
      [0, 1, 2].map((index) => site.driver.addMember(site.name(), site.member(index), signal)),
    );
    for (const index of [0, 1, 2]) {
      await site.setHealth(site.place(index), true);
      await site.untilMember(site.member(index), 'up');
    }
    const { members } = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(members).toHaveLength(3);
  });

  it('does not find a balancer or pool to join that is not there', async () => {
    const site = start();
    expect(await codeOf(site.driver.addMember(site.name(), site.member(0), signal))).toBe('not-found');
    await site.driver.applyBalancer(site.spec(), signal);
    const lost = site.member(0, { pool: 'absent' });
    expect(await codeOf(site.driver.addMember(site.name(), lost, signal))).toBe('not-found');
  });

  it('has one VM in two pools', async () => {
    const site = start();
    const second = site.frontend('two', { port: site.port(1), defaultPool: 'two' });
    await site.started([0], {
      frontends: [site.frontend(), second],
      pools: [site.pool(), site.pool('two')],
    });
    await site.joined(0, { pool: 'two' });
    await site.driver.removeMember(site.place(0, 'two'), signal);
    expect(await site.findMember('two', site.backend(0).name)).toBeUndefined();
    expect(await site.findMember('web', site.backend(0).name)).toMatchObject({ state: 'up' });
  });

  it("changes a member's address and port", async () => {
    const site = start();
    await site.started([0]);
    const { address, port } = site.backend(1);
    await site.driver.addMember(site.name(), site.member(0, { address, port }), signal);
    await site.setHealth(site.place(0), true);
    expect(await site.untilMember(site.member(0), 'up')).toMatchObject({ address, port });
    const { members } = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(members.filter(({ state }) => state !== 'draining')).toHaveLength(1);
  });

  it("changes a member's weight, down to none", async () => {
    const site = start();
    if (!site.driver.capabilities.weights) return;
    await site.started([0]);
    for (const weight of [256, 1, 0]) {
      await site.driver.addMember(site.name(), site.member(0, { weight }), signal);
      expect(await site.findMember('web', site.backend(0).name)).toMatchObject({ weight });
    }
  });
}

function testLeaving(start: StartSite): void {
  it('drains a member, twice as once, and takes it back', async () => {
    const site = start();
    await site.started([0, 1]);
    await site.driver.drainMember(site.place(0), signal);
    await site.driver.drainMember(site.place(0), signal);
    const drained = await site.findMember('web', site.backend(0).name);
    // Where a member without connections leaves at once, it is as good as drained.
    expect(['draining', undefined]).toContain(drained?.state);
    expect(await site.findMember('web', site.backend(1).name)).toMatchObject({ state: 'up' });
    await site.joined(0);
  });

  it('drains before it was up', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    await site.driver.addMember(site.name(), site.member(0), signal);
    await site.driver.drainMember(site.place(0), signal);
    expect(['draining', undefined]).toContain((await site.findMember('web', site.backend(0).name))?.state);
  });

  it('removes a member, draining or not, twice as once', async () => {
    const site = start();
    await site.started([0, 1]);
    await site.driver.drainMember(site.place(0), signal);
    await site.driver.removeMember(site.place(0), signal);
    await site.driver.removeMember(site.place(1), signal);
    await site.driver.removeMember(site.place(1), signal);
    const { members } = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(members).toEqual([]);
    await site.joined(0);
  });

  it('drains and removes what is not there', async () => {
    const site = start();
    const place = site.place(0);
    await site.driver.drainMember(place, signal);
    await site.driver.removeMember(place, signal);
    await site.driver.applyBalancer(site.spec(), signal);
    for (const absent of [place, { ...place, pool: 'absent' }]) {
      await site.driver.drainMember(absent, signal);
      await site.driver.removeMember(absent, signal);
    }
    expect((await site.driver.describeBalancer(site.name(), signal))?.members).toEqual([]);
  });
}

function testHealth(start: StartSite): void {
  it('takes a member out that fails its checks, with a reason, and back when it passes', async () => {
    const site = start();
    if (site.harness.health === 'assumed') return;
    await site.started([0, 1]);
    await site.backend(0).setHealthy(false);
    await site.setHealth(site.place(0), false);
    const down = await site.untilMember(site.member(0), 'down');
    expect(down.because).toMatch(/./);
    expect(await site.findMember('web', site.backend(1).name)).toMatchObject({ state: 'up' });
    await site.backend(0).setHealthy(true);
    await site.setHealth(site.place(0), true);
    expect((await site.untilMember(site.member(0), 'up')).because).toBeUndefined();
  });

  it('says of a member that it is not up as long as it has passed no check', async () => {
    const site = start();
    if (site.harness.health === 'assumed') return;
    await site.backend(0).setHealthy(false);
    await site.started([1]);
    await site.driver.addMember(site.name(), site.member(0), signal);
    await site.setHealth(site.place(0), false);
    await site.joined(2);
    // By now it would be up: the other one was joined after it.
    expect(await site.findMember('web', site.backend(0).name)).toMatchObject({
      state: expect.stringMatching(/^(checking|down)$/) as string,
    });
    await site.backend(0).setHealthy(true);
    await site.setHealth(site.place(0), true);
    await site.untilMember(site.member(0), 'up');
  });
}
