import { systemClock } from '@trencadis/clock';
import { describe, expect, it } from 'vitest';
import { externalNetwork, networkCalled } from './networks.ts';
import { openProject } from './open-project.ts';
import type { Service } from './service.ts';
import { startScriptedCloud } from './testing/index.ts';

const signal = new AbortController().signal;
const all = ['out', 'campus', 'campus'].map((name, index) => ({
  id: `id-${index}`,
  name,
  'router:external': name === 'out',
}));

/** Lists networks as Neutron does: those that the query fits. */
async function withNetworks<Result>(there: typeof all, work: (neutron: Service) => Promise<Result>) {
  await using cloud = await startScriptedCloud(
    ({ query }) => {
      const isExternal = query.get('router:external') === null ? undefined : true;
      const fits = (each: (typeof all)[number]) =>
        each.id === (query.get('id') ?? each.id) &&
        each.name === (query.get('name') ?? each.name) &&
        each['router:external'] === (isExternal ?? each['router:external']);
      return { body: { networks: there.filter(fits) } };
    },
    { services: ['network'] },
  );
  const credentials = { username: 'u', password: 'x', projectName: 'p' };
  const { service } = openProject({ endpoint: cloud.endpoint, credentials, clock: systemClock });
  return await work(service({ name: 'Neutron', types: ['network'], base: '/v2.0' }));
}

describe('a network of the cloud', () => {
  it.each(['out', 'id-0'])('is found as %s', async (nameOrId) => {
    const found = await withNetworks(all, (neutron) => networkCalled(neutron, nameOrId, signal));
    expect(found.id).toBe('id-0');
  });

  it.each([
    ['nowhere', 'not-found', 'can see'],
    ['campus', 'invalid-argument', 'give the id of one'],
  ])('called %s is %s', async (nameOrId, code, words) => {
    const found = withNetworks(all, (neutron) => networkCalled(neutron, nameOrId, signal));
    await expect(found).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});

describe('the network of public addresses', () => {
  const second = { id: 'id-3', name: 'outer', 'router:external': true };

  it('is the only external one, or the one that is chosen', async () => {
    expect(await withNetworks(all, (neutron) => externalNetwork(neutron, undefined, signal))).toEqual(all[0]);
    const both = [...all, second];
    expect(await withNetworks(both, (neutron) => externalNetwork(neutron, 'outer', signal))).toEqual(second);
  });

  it.each([
    [[...all, second], undefined, 'invalid-argument', 'several external networks (out, outer)'],
    [all, 'campus', 'not-found', 'no external network campus (it has: out)'],
    [all.slice(1), undefined, 'unsupported', 'no external network'],
  ])('is told where it cannot be known', async (there, wanted, code, words) => {
    const found = withNetworks(there, (neutron) => externalNetwork(neutron, wanted, signal));
    await expect(found).rejects.toMatchObject({ code, message: expect.stringContaining(words) });
  });
});
