import { describeBalancer, pretendBackend } from '@trencadis/availability/conformance';
import { createOctaviaBalancer, hasKeyManager } from '@trencadis/balancer-octavia';
import { openLab, startOctavia } from '@trencadis/balancer-octavia/testing';
import { inject } from 'vitest';

const signal = new AbortController().signal;

/** There is no data path: Octavia's worker makes no machines, and the suite tells what checks would have found. */
describeBalancer('Octavia', async () => {
  const { endpoint, pid, credentials, providerNetwork } = inject('openstack');
  const octavia = await startOctavia({ endpoint, pid });
  const options = { endpoint, credentials, waits: { pollMs: 250 } };
  const keyManager = await hasKeyManager(options, signal);
  const lab = openLab(options, octavia);
  return {
    driver: createOctaviaBalancer({ ...options, keyManager }),
    networks: [providerNetwork],
    ports: [8080, 8081, 8082],
    backends: ['one', 'two', 'three'].map((name, index) =>
      pretendBackend(name, `192.168.77.${index + 10}`, 8080),
    ),
    health: (place, isHealthy) => lab.setHealth(place, isHealthy),
    leftovers: () => lab.leftovers(),
    dispose: () => octavia.stop(),
  };
});
