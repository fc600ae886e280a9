import { describeBalancer, sendRequest, startBackend } from '@trencadis/availability/conformance';
import { createHaproxyBalancer } from '@trencadis/balancer-haproxy';
import { systemClock } from '@trencadis/clock';
import { BalancerLab } from './testing/balancer-lab.ts';
import { haproxyLeftovers } from './testing/haproxy-leftovers.ts';

describeBalancer('HAProxy on one machine', async () => {
  const lab = await BalancerLab.open(1);
  const names = ['replica-1', 'replica-2', 'replica-3'];
  const backends = await Promise.all(names.map((name) => startBackend({ name, address: lab.gateway })));
  return {
    driver: createHaproxyBalancer({ hosts: lab.hosts, clock: systemClock }),
    ports: [8001, 8002, 8003],
    backends,
    health: 'checks',
    send: (balancer, request) => sendRequest(balancer.addresses[0]!, request),
    leftovers: () => haproxyLeftovers(lab.hosts),
    dispose: () => lab.close(),
  };
});
