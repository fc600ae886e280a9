import { stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { PlatformError } from '@trencadis/errors';
import type { VmSpec } from '@trencadis/vmm';
import { isMissing } from './records.ts';

const mebibyte = 2 ** 20;
const maxInterfaces = 8;
const hostName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;
const mountPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
/** What overlayfs and systemd-nspawn take in a path without escapes. */
const plainPath = /^(\/[A-Za-z0-9._@+-]+)+$/;

/** Everything that can be said about a spec before anything is made. */
export async function checkSpec(spec: VmSpec): Promise<void> {
  refuseOptions(spec);
  for (const [isRight, problem] of rules(spec)) {
    if (!isRight) throw invalid(spec, problem);
  }
  if (spec.memoryMiB * mebibyte > totalmem()) {
    throw new PlatformError(
      'quota-exceeded',
      `The VM ${spec.name} needs ${spec.memoryMiB} MiB of memory and this host has ${Math.floor(totalmem() / mebibyte)}.`,
      { subject: spec.name },
    );
  }
  await checkImage(spec);
}

/** What machines of this host do not have. */
function refuseOptions({ name, instanceType, zone, spot }: VmSpec): void {
  const asked = { 'instance types': instanceType, zones: zone, 'spare capacity': spot };
  const [what] = Object.entries(asked).find(([, value]) => value !== undefined) ?? [];
  if (what === undefined) return;
  const message = `The VM ${name} cannot be made: the local VM manager has no ${what}.`;
  throw new PlatformError('unsupported', message, { subject: name });
}

function rules({ hostName: host, login, ...spec }: VmSpec): readonly (readonly [boolean, string])[] {
  const networks = new Set(spec.interfaces.map(({ network }) => network));
  return [
    [spec.cpuCount > 0, `cpuCount ${spec.cpuCount} must be above 0`],
    [spec.memoryMiB >= 32, `memoryMiB ${spec.memoryMiB} must be at least 32, so that systemd starts`],
    [hostName.test(host), `'${host}' is no host name (RFC 1123, lower case)`],
    [userName.test(login.user), `'${login.user}' is no user name`],
    [!/[\r\n]/.test(login.authorizedKey), 'the authorized key must be one line'],
    [spec.interfaces.length <= maxInterfaces, `it may have at most ${maxInterfaces} interfaces`],
    [networks.size === spec.interfaces.length, 'it may be on each network only once'],
    [
      plainPath.test(spec.image.location),
      `the image's path '${spec.image.location}' has a character that a mount cannot take`,
    ],
    ...spec.disks.map(
      (disk) =>
        [mountPath.test(disk.mountPath), `'${disk.mountPath}' is no absolute, plain mount path`] as const,
    ),
  ];
}

async function checkImage(spec: VmSpec): Promise<void> {
  const { location } = spec.image;
  if (!(await exists(location))) {
    throw new PlatformError('not-found', `The image of ${spec.name} is not at ${location}: build it first.`, {
      subject: spec.name,
    });
  }
  const needed = [
    'usr/lib/systemd/systemd',
    'usr/sbin/sshd',
    ...(spec.login.user === 'root' ? [] : ['usr/bin/sudo']),
  ];
  for (const path of needed) {
    if (!(await exists(join(location, path)))) {
      throw invalid(spec, `its image ${location} lacks /${path}, which a local machine needs`);
    }
  }
  if (spec.userData !== undefined && !(await exists(join(location, 'usr/bin/cloud-init')))) {
    throw new PlatformError(
      'unsupported',
      `The VM ${spec.name} has user data, but its image ${location} has no cloud-init: use another image or none.`,
      { subject: spec.name },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

function invalid(spec: VmSpec, problem: string): PlatformError {
  return new PlatformError('invalid-argument', `The VM ${spec.name} cannot be made: ${problem}.`, {
    subject: spec.name,
  });
}
