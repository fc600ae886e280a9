import type { ChangeRequest } from '@trencadis/infrastructure';
import { describe, expect, it } from 'vitest';
import { leapingClock } from './leaping-clock.ts';
import { deployOf, planKeyServer, renderPlan } from './plan-key-server.ts';
import { runChange } from './saga-worlds.ts';
import { changed, deployed, replica, scaleTo } from './service-changes.ts';
import { type ServiceOptions, serviceDocument } from './service-document.ts';
import { keyServerDocument, simulatePlatform } from './simulated-platform.ts';

const persistent = "disk.1.size = 1g and disk.1.mount_path = '/data' and disk.1.persistent = 'yes' and";
const https = "balancer.port = 443 and balancer.protocol = 'https' and balancer.target_port = 8443";
const hooks = "hook.launch.command = 'true' and hook.terminate.signal = 'yes'";
const withService = (options: ServiceOptions) => deployOf(serviceDocument(options));

const plans: readonly [name: string, change: ChangeRequest, ...after: readonly ChangeRequest[]][] = [
  ['deploy', deployed],
  ['launch', scaleTo(3), deployed],
  ['replacement-launch-first', scaleTo(2, { retire: [replica(1)] }), deployed],
  ['replacement-terminate-first', scaleTo(2, { retire: [replica(1)], order: 'terminate-first' }), deployed],
  ['recreation-in-place', scaleTo(2, { recreate: [replica(1)] }), withService({ system: persistent })],
  ['new-recipe', changed, deployed],
  ['roll', { kind: 'roll', serviceId: 'keys', vms: [replica(1)] }, deployed, changed],
  ['service-removed', deployOf(keyServerDocument), deployed],
  ['pair', withService({ balancer: `${https} and balancer.pair = 'yes'` })],
  ['native', withService({ balancer: `${https} and balancer.kind = 'native'` })],
  [
    'native-removed',
    deployOf(keyServerDocument),
    withService({ balancer: `${https} and balancer.kind = 'native'` }),
  ],
  ['hooks-and-measured', withService({ more: `${hooks} and scale.above = 80` })],
  ['retirement-with-hook', scaleTo(2, { retire: [replica(3)] }), withService({ more: hooks, min: 3 })],
  ['standby', scaleTo(2, { standby: [replica(1)], leave: [replica(1)] }), deployed],
  [
    'back-from-standby',
    scaleTo(2, { standby: [], finish: [replica(1)], retire: [replica(3)] }),
    deployed,
    scaleTo(2, { standby: [replica(1)], leave: [replica(1)] }),
    scaleTo(3),
  ],
  ['stop', { kind: 'stop', vms: [replica(2)] }, deployed],
];

describe('plans of services are as reviewed', () => {
  it.each(plans)('%s', async (name, change, ...after) => {
    await using platform = await simulatePlatform({ clock: leapingClock() });
    for (const each of after) await runChange(platform, each);
    const { steps } = await planKeyServer(platform, change);
    await expect(renderPlan(steps)).toMatchFileSnapshot(`goldens/service-${name}.plan.txt`);
  });
});
