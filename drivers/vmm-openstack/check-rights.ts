import { newUuid } from '@trencadis/ids';
import { isPlatformError } from '@trencadis/errors';
import type { Call, Service } from '@trencadis/openstack-client';
import type { RightCheck } from '@trencadis/vmm';
import type { Cloud } from './cloud.ts';
import { imageSchema } from './glance-images.ts';

interface Probe {
  readonly right: string;
  readonly service: Service;
  readonly call: Call;
}

/**
 * Each right by a call that cannot succeed: a creation of what names something that is not there is refused with 403
 * where the right is missing, and otherwise for that. OpenStack asks for no right before it has found a thing that is to
 * be changed or deleted; who may create may do that too in its default roles (member).
 */
export async function checkRights(cloud: Cloud, signal: AbortSignal): Promise<readonly RightCheck[]> {
  const login = await loginCheck(cloud, signal);
  if (!login.holds) return [login];
  const { roles } = await cloud.session.token(signal);
  const probes = [...readingProbes(cloud), ...makingProbes(cloud), ...(await imageProbes(cloud, signal))];
  const checks = await Promise.all(probes.map((probe) => check(probe, roles, signal)));
  return [login, ...checks];
}

async function loginCheck({ session }: Cloud, signal: AbortSignal): Promise<RightCheck> {
  const right = 'log in';
  try {
    await session.token(signal);
    return { right, holds: true, because: '' };
  } catch (error) {
    if (!isPlatformError(error)) throw error;
    if (error.code !== 'unauthenticated' && error.code !== 'forbidden') throw error;
    return { right, holds: false, because: error.message };
  }
}

function readingProbes({ nova, neutron, glance, cinder, options }: Cloud): readonly Probe[] {
  const volumes = { right: 'list disks', service: cinder, call: { path: '/volumes', query: { limit: '1' } } };
  return [
    { right: 'list machines', service: nova, call: { path: '/servers', query: { limit: '1' } } },
    { right: 'list machine types', service: nova, call: { path: '/flavors', query: { limit: '1' } } },
    { right: 'list networks', service: neutron, call: { path: '/networks', query: { limit: '1' } } },
    { right: 'list images', service: glance, call: { path: '/images', query: { limit: '1' } } },
    ...(options.blockStorage === false ? [] : [volumes]),
  ];
}

function makingProbes({ nova, neutron, cinder, options }: Cloud): readonly Probe[] {
  const absent = newUuid();
  const post = (path: string, body: object): Call => ({ method: 'POST', path, body });
  const server = { name: 'trencadis-check', flavorRef: absent, imageRef: absent, networks: 'none' };
  const zone = { name: 'trencadis-check', availability_zone_hints: [absent] };
  const rule = { security_group_id: absent, direction: 'ingress', ethertype: 'IPv4' };
  // Should a cloud take any zone for its own: no cloud has that much.
  const volume = { name: 'trencadis-check', size: 1_000_000_000, availability_zone: absent };
  return [
    { right: 'create machines', service: nova, call: post('/servers', { server }) },
    { right: 'create networks', service: neutron, call: post('/networks', { network: zone }) },
    {
      right: 'open ports',
      service: neutron,
      call: post('/security-group-rules', { security_group_rule: rule }),
    },
    {
      right: 'use floating addresses',
      service: neutron,
      call: post('/floatingips', { floatingip: { floating_network_id: absent } }),
    },
    ...(options.blockStorage === false
      ? []
      : [{ right: 'create disks', service: cinder, call: post('/volumes', { volume }) }]),
  ];
}

/** Glance says nothing of rights before it knows the image: the id of one that is there already cannot be taken. */
async function imageProbes({ glance }: Cloud, signal: AbortSignal): Promise<readonly Probe[]> {
  const call = { path: '/images', key: 'images', query: { limit: '50' }, item: imageSchema };
  const answer = await glance.answer(call, signal);
  const [image] = answer.status < 400 ? await glance.list(call, signal) : [];
  if (image === undefined) return [];
  const body = { id: image.id, name: 'trencadis-check', disk_format: 'raw', container_format: 'bare' };
  return [{ right: 'create images', service: glance, call: { method: 'POST', path: '/images', body } }];
}

async function check(
  { right, service, call }: Probe,
  roles: readonly string[],
  signal: AbortSignal,
): Promise<RightCheck> {
  const answer = await service.answer(call, signal);
  if (answer.status !== 401 && answer.status !== 403) {
    if (answer.status >= 500) throw service.refusal(call, answer);
    return { right, holds: true, because: '' };
  }
  const { message } = service.refusal(call, answer);
  const because = `${message} The account has the roles: ${roles.join(', ')}; the role member is what OpenStack asks for by default.`;
  return { right, holds: false, because };
}
