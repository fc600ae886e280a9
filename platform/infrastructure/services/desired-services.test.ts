import { brandId, sha256OfText } from '@trencadis/ids';
import { deployedSystems, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { DesiredVm } from '../model.ts';
import { vmName } from '../resource-names.ts';
import { desiredServices } from './desired-services.ts';
import { expandServices } from './expand-services.ts';

const id = brandId('InfrastructureId', 'inf-services');

function servicesOf(features: string, more = 'deploy web', vmm = 'memory') {
  const text = `network outside (outbound = 'yes')
network inside
system node (net_interface.0.connection = 'inside')
service web (system = 'node' and replicas.min = 2 and ${features})
${more}`;
  const document = expandServices(readRadl(text).document);
  const vms = deployedSystems(document).flatMap(({ system, count }) =>
    Array.from({ length: count }, (_, index) => vmOf(system.id, index + 1, vmm)),
  );
  return desiredServices(id, document, { vms, groups: [] });
}

function vmOf(systemId: string, number: number, vmm: string): DesiredVm {
  const name = vmName(id, systemId, number);
  return {
    vmm,
    systemId,
    number,
    ordinal: 0,
    isStopped: false,
    spec: {
      name,
      tag: brandId('Tag', id),
      hostName: name,
      image: { location: 'x', digest: sha256OfText('x') },
      cpuCount: 1,
      memoryMiB: 256,
      interfaces: [],
      disks: [],
    },
    configurations: [],
    peers: [],
  };
}

describe('services that are deployed', () => {
  it('know their replicas, and need no balancer', () => {
    const { services, balancers } = servicesOf('health.port = 80');
    expect(services.map(({ replicas }) => replicas)).toEqual([
      ['inf-services-node-1', 'inf-services-node-2'],
    ]);
    expect([services[0]?.balancer, balancers]).toEqual([undefined, []]);
  });

  it('are balanced on VMs of their own, on the network of their replicas', () => {
    const { services, balancers } = servicesOf(
      "balancer.port = 443 and balancer.protocol = 'https' and balancer.target_port = 8080 and health.path = '/ok' and balancer.pair = 'yes'",
    );
    expect(services[0]?.balancer).toBe('inf-services-web-lb');
    expect(balancers).toMatchObject([
      {
        name: 'inf-services-web-lb',
        kind: 'haproxy',
        vmm: 'memory',
        hosts: ['inf-services-web-balancer-1', 'inf-services-web-balancer-2'],
        networks: ['inf-services-inside'],
        isPair: true,
        frontends: [{ name: 'web', port: 443, protocol: 'https', routes: [], defaultPool: 'web' }],
        pools: [{ name: 'web', protocol: 'http', check: { protocol: 'http', path: '/ok' } }],
      },
    ]);
    expect(balancers[0]?.pools[0]?.check).not.toHaveProperty('port');
  });

  it("stand behind the VM manager's own balancer where they are", () => {
    const { balancers } = servicesOf(
      "balancer.port = 80 and balancer.kind = 'native'",
      'deploy web',
      'cloud',
    );
    expect(balancers).toMatchObject([{ kind: 'native', vmm: 'cloud', hosts: [] }]);
  });

  it('share one balancer, the longest path first', () => {
    const more = `system other (net_interface.0.connection = 'inside')
service api (system = 'other' and balancer.with = 'web' and balancer.path = '/api' and balancer.target_port = 81)
system third (net_interface.0.connection = 'inside')
service deep (system = 'third' and balancer.with = 'web' and balancer.path = '/api/deep' and health.port = 82)
deploy web
deploy api
deploy deep`;
    const { services, balancers } = servicesOf("balancer.port = 80 and balancer.protocol = 'http'", more);
    expect(services.map(({ balancer }) => balancer)).toEqual(Array(3).fill('inf-services-web-lb'));
    expect(balancers).toHaveLength(1);
    expect(balancers[0]?.frontends[0]).toMatchObject({
      routes: [
        { pathPrefix: '/api/deep', pool: 'deep' },
        { pathPrefix: '/api', pool: 'api' },
      ],
      defaultPool: 'web',
    });
    expect(balancers[0]?.pools.map(({ name, check }) => [name, check.port])).toEqual([
      ['web', undefined],
      ['api', undefined],
      ['deep', 82],
    ]);
  });

  it('have another digest when anything of their balancer is another, and the same otherwise', () => {
    const digestOf = (features: string) => servicesOf(features).balancers[0]?.digest;
    const plain = digestOf('balancer.port = 80');
    expect(digestOf('balancer.port = 80 and scale.below = 10')).toBe(plain);
    const others = [
      "balancer.port = 80 and balancer.sticky = 'yes'",
      'balancer.port = 80 and health.fall = 3',
    ];
    expect(new Set([plain, ...others.map(digestOf)]).size).toBe(3);
  });
});
