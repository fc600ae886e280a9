import { expect, it } from 'vitest';
import { type StartSite, codeOf, signal } from './balancer-site.ts';

export function testBalancers(start: StartSite): void {
  it('makes one that is active, with an address and no members', async () => {
    const site = start();
    const spec = site.spec();
    const made = await site.driver.applyBalancer(spec, signal);
    expect(made).toMatchObject({ name: spec.name, tag: spec.tag, status: 'active', members: [] });
    expect(made.failure).toBeUndefined();
    expect(made.addresses.length).toBeGreaterThan(0);
    const { name, port, protocol } = site.frontend();
    expect(made.frontends).toEqual([{ name, port, protocol }]);
    expect(made.pools).toEqual(['web']);
    expect(await site.driver.describeBalancer(spec.name, signal)).toEqual(made);
  });

  it('makes the same one twice as one', async () => {
    const site = start();
    const spec = site.spec();
    const [first, second] = await Promise.all([
      site.driver.applyBalancer(spec, signal),
      site.driver.applyBalancer(spec, signal),
    ]);
    expect(second.addresses).toEqual(first.addresses);
    expect((await site.driver.applyBalancer(spec, signal)).addresses).toEqual(first.addresses);
    expect(await site.driver.listBalancers(site.tag, signal)).toHaveLength(1);
  });

  it('changes frontends, pools and checks, and keeps the members of what stays', async () => {
    const site = start();
    await site.started([0]);
    const check = site.check({ path: '/health?again', fall: 3 });
    await site.driver.applyBalancer(
      site.spec({
        frontends: [
          site.frontend('web', { defaultPool: 'web' }),
          site.frontend('two', { port: site.port(1), defaultPool: 'two' }),
        ],
        pools: [site.pool('web', { check }), site.pool('two')],
      }),
      signal,
    );
    const wider = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(wider.frontends.map(({ name }) => name).toSorted()).toEqual(['two', 'web']);
    expect(wider.pools.toSorted()).toEqual(['two', 'web']);
    expect(wider.members.map(({ pool, name }) => [pool, name])).toEqual([['web', site.backend(0).name]]);
    await site.untilMember(site.member(0), 'up');
    await site.joined(1, { pool: 'two' });
    await site.driver.applyBalancer(site.spec(), signal);
    const narrow = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(narrow.frontends.map(({ name }) => name)).toEqual(['web']);
    expect(narrow.pools).toEqual(['web']);
    expect(narrow.members.map(({ name }) => name)).toEqual([site.backend(0).name]);
  });

  it('moves a frontend to another port', async () => {
    const site = start();
    await site.started([0]);
    const moved = await site.driver.applyBalancer(
      site.spec({ frontends: [site.frontend('web', { port: site.port(1) })] }),
      signal,
    );
    expect(moved.frontends.map(({ port }) => port)).toEqual([site.port(1)]);
    await site.untilMember(site.member(0), 'up');
  });

  it('knows nothing of one that is not there, and deletes it', async () => {
    const site = start();
    expect(await site.driver.describeBalancer(site.name('absent'), signal)).toBeUndefined();
    await site.driver.deleteBalancer(site.name('absent'), signal);
  });

  it('deletes one with its members, once when two ask', async () => {
    const site = start();
    await site.started([0]);
    const name = site.name();
    await Promise.all([site.driver.deleteBalancer(name, signal), site.driver.deleteBalancer(name, signal)]);
    expect(await site.driver.describeBalancer(name, signal)).toBeUndefined();
    expect(await site.driver.listBalancers(site.tag, signal)).toEqual([]);
    const again = await site.driver.applyBalancer(site.spec(), signal);
    expect(again.members).toEqual([]);
  });

  it('lists those of one tag and no others', async () => {
    const site = start();
    const other = site.neighbour();
    try {
      await site.driver.applyBalancer(site.spec(), signal);
      const second = site.spec({ name: site.name('second') });
      await site.driver.applyBalancer(
        { ...second, frontends: [site.frontend('web', { port: site.port(1) })] },
        signal,
      );
      const foreign = other.spec({ frontends: [other.frontend('web', { port: other.port(2) })] });
      await other.driver.applyBalancer(foreign, signal);
      const names = (await site.driver.listBalancers(site.tag, signal)).map(({ name }) => name);
      expect(names.toSorted()).toEqual([site.name(), site.name('second')]);
    } finally {
      await other.sweep();
    }
  });

  it('refuses a name that another tag holds', async () => {
    const site = start();
    await site.driver.applyBalancer(site.spec(), signal);
    const foreign = site.spec({ tag: site.neighbour().tag });
    expect(await codeOf(site.driver.applyBalancer(foreign, signal))).toBe('conflict');
    expect((await site.driver.describeBalancer(site.name(), signal))?.tag).toBe(site.tag);
  });

  it('does nothing under a signal that is aborted already', async () => {
    const site = start();
    const aborted = AbortSignal.abort(new Error('called off'));
    await expect(site.driver.applyBalancer(site.spec(), aborted)).rejects.toThrow('called off');
    expect(await site.driver.listBalancers(site.tag, signal)).toEqual([]);
    await site.started([0]);
    const place = site.place(0);
    await expect(site.driver.addMember(site.name(), site.member(1), aborted)).rejects.toThrow('called off');
    await expect(site.driver.drainMember(place, aborted)).rejects.toThrow('called off');
    await expect(site.driver.removeMember(place, aborted)).rejects.toThrow('called off');
    await expect(site.driver.deleteBalancer(site.name(), aborted)).rejects.toThrow('called off');
    const { members } = (await site.driver.describeBalancer(site.name(), signal))!;
    expect(members).toMatchObject([{ name: site.backend(0).name, state: 'up' }]);
  });

  it.each([0, 5, 50, 200])('can be aborted %i ms into being made, then made or deleted', async (afterMs) => {
    const site = start();
    const abort = new AbortController();
    const creation = site.driver.applyBalancer(site.spec(), abort.signal).then(
      () => undefined,
      (error: unknown) => (abort.signal.aborted ? undefined : Promise.reject(error)),
    );
    setTimeout(() => abort.abort(), afterMs);
    await creation;
    if (afterMs > 20) await site.driver.applyBalancer(site.spec(), signal);
    await site.driver.deleteBalancer(site.name(), signal);
    expect(await site.driver.describeBalancer(site.name(), signal)).toBeUndefined();
  });
}
