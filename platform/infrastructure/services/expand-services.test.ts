import { readServices } from '@trencadis/availability';
import { deployedSystems, interfacesOf, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { ReplicaCounts } from '../model.ts';
import { expandServices, firstCounts } from './expand-services.ts';

function documentWith(features: string, more = 'deploy web') {
  return readRadl(`network outside (outbound = 'yes')
network inside
system node (net_interface.0.connection = 'inside')
service web (system = 'node' and ${features})
${more}`).document;
}

function deployedOf(features: string, counts?: ReplicaCounts, more?: string) {
  return deployedSystems(expandServices(documentWith(features, more), counts)).map(
    ({ system, count, cloudId }) =>
      [system.id, count, cloudId].filter((each) => each !== undefined).join(' '),
  );
}

describe('a deployed service', () => {
  it.each([
    ['replicas.min = 2', undefined, ['node 2']],
    ['replicas.min = 2', { web: { '': 5 } }, ['node 5']],
    ['replicas.min = 2', { web: { '': 0 } }, ['node 0']],
    ['replicas.min = 2', { other: { '': 5 } }, ['node 2']],
    ["replicas.min = 3 and replicas.clouds = ['a', 'b']", undefined, ['node 3 a']],
    ["replicas.min = 3 and replicas.clouds = ['a', 'b']", { web: { a: 1, b: 4 } }, ['node 1 a', 'node 4 b']],
    [
      "replicas.clouds = ['a', 'b'] and replicas.place = 'spread' and replicas.min = 3",
      undefined,
      ['node 2 a', 'node 1 b'],
    ],
    ['replicas.min = 1 and balancer.port = 80', undefined, ['node 1', 'web-balancer 1']],
    [
      "balancer.port = 80 and balancer.pair = 'yes' and replicas.clouds = 'a'",
      undefined,
      ['node 1 a', 'web-balancer 2 a'],
    ],
    ["balancer.port = 80 and balancer.kind = 'native'", undefined, ['node 1']],
  ] as const)('%s, counted %o', (features, counts, expected) => {
    expect(deployedOf(features, counts)).toEqual(expected);
  });

  it('has its balancer stand where its clients and its replicas are, and come back by itself', () => {
    const { systems } = expandServices(documentWith('balancer.port = 80'));
    const balancer = systems.find(({ id }) => id === 'web-balancer')!;
    expect(interfacesOf(balancer).map(({ networkId }) => networkId)).toEqual(['outside', 'inside']);
    expect(balancer.features).toContainEqual(expect.objectContaining({ key: 'repair' }));
  });

  it('stands on VMs of the system that its document names', () => {
    const more = "system proxy (net_interface.0.connection = 'inside')\ndeploy web";
    expect(deployedOf("balancer.port = 80 and balancer.system = 'proxy'", undefined, more)).toEqual([
      'node 1',
      'proxy 1',
    ]);
  });

  it('has no VMs of its own for a balancer that it shares', () => {
    const more = `system other (net_interface.0.connection = 'inside')
service api (system = 'other' and balancer.with = 'web' and balancer.path = '/api')
deploy web
deploy api`;
    expect(deployedOf('balancer.port = 80', undefined, more)).toEqual([
      'node 1',
      'web-balancer 1',
      'other 1',
    ]);
  });

  it('is all that stays of the services: what is not deployed is not there', () => {
    const document = expandServices(documentWith('replicas.min = 2', 'deploy node 1'));
    expect(document.services).toEqual([]);
    expect(expandServices(document)).toBe(document);
  });

  it('expanded again with the same counts, is the same', () => {
    const once = expandServices(documentWith('balancer.port = 80'), { web: { '': 3 } });
    expect(expandServices(once, { web: { '': 3 } }).deploys).toEqual(once.deploys);
  });

  it('begins with its minimum, whole at the first VM manager or evenly over all', () => {
    const countsOf = (features: string) => firstCounts(readServices(documentWith(features))[0]!);
    expect(countsOf("replicas.min = 5 and replicas.clouds = ['a', 'b', 'c']")).toEqual({ a: 5 });
    expect(
      countsOf("replicas.min = 5 and replicas.clouds = ['a', 'b', 'c'] and replicas.place = 'spread'"),
    ).toEqual({ a: 2, b: 2, c: 1 });
  });
});
