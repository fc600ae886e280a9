import type { VmSpec } from '@trencadis/vmm';
import { invalid, unsupported } from './errors.ts';

const maxInterfaces = 8;
/** PCI slots of QEMU's `pc` machine that are left. */
const maxDisks = 16;
const hostName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;
const mountPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/** Everything that can be said about a spec before anything is made. */
export function checkSpec(spec: VmSpec): void {
  const lacking = [
    [spec.instanceType, 'sizes of its own: ask for CPUs and memory'],
    [spec.zone, 'zones'],
    [spec.spot, 'spare capacity'],
  ] as const;
  for (const [wanted, what] of lacking) {
    if (wanted !== undefined)
      throw unsupported(`libvirt has no ${what}; ${spec.name} wants them.`, spec.name);
  }
  for (const [isRight, problem] of rules(spec)) {
    if (!isRight) throw invalid(`The VM ${spec.name} cannot be made: ${problem}.`, spec.name);
  }
}

function rules({ hostName: host, login, ...spec }: VmSpec): readonly (readonly [boolean, string])[] {
  const networks = new Set(spec.interfaces.map(({ network }) => network));
  const disks = new Set(spec.disks.map(({ disk }) => disk));
  return [
    [
      Number.isInteger(spec.cpuCount) && spec.cpuCount > 0,
      `cpuCount ${spec.cpuCount} must be a whole number above 0`,
    ],
    [spec.memoryMiB >= 64, `memoryMiB ${spec.memoryMiB} must be at least 64, so that a kernel starts`],
    [hostName.test(host), `'${host}' is no host name (RFC 1123, lower case)`],
    [userName.test(login.user), `'${login.user}' is no user name`],
    [!/[\r\n]/.test(login.authorizedKey), 'the authorized key must be one line'],
    [spec.interfaces.length <= maxInterfaces, `it may have at most ${maxInterfaces} interfaces`],
    [networks.size === spec.interfaces.length, 'it may be on each network only once'],
    [spec.disks.length <= maxDisks, `it may have at most ${maxDisks} disks`],
    [disks.size === spec.disks.length, 'it may have each disk only once'],
    ...spec.disks.map(
      (disk) =>
        [mountPath.test(disk.mountPath), `'${disk.mountPath}' is no absolute, plain mount path`] as const,
    ),
  ];
}
