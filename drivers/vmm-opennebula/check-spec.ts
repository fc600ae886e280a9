import type { VmSpec } from '@trencadis/vmm';
import { invalid, unsupported } from './errors.ts';

const hostName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;
const userName = /^[a-z_][a-z0-9_-]{0,31}$/;
const mountPath = /^(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;
/** OpenNebula replaces `$NAME` in what a VM's context says. */
const keyLine = /^[^\r\n$]+$/;

/** Everything that can be said about a spec before anything is made. */
export function checkSpec(spec: VmSpec): void {
  for (const [isRight, problem] of impossible(spec)) {
    if (!isRight) throw unsupported('VM', spec.name, problem);
  }
  for (const [isRight, problem] of rules(spec)) {
    if (!isRight) throw invalid('VM', spec.name, problem);
  }
}

type Rule = readonly [boolean, string];

function impossible({ instanceType, zone, spot }: VmSpec): readonly Rule[] {
  return [
    [instanceType === undefined, 'VMs have any size there, so that instanceType says nothing'],
    [zone === undefined, 'it has no zones: another account of another cluster may do'],
    [spot === undefined, 'it has no spare capacity'],
  ];
}

function rules({ hostName: host, login, ...spec }: VmSpec): readonly Rule[] {
  const networks = new Set(spec.interfaces.map(({ network }) => network));
  const disks = new Set(spec.disks.map(({ disk }) => disk));
  return [
    [
      Number.isInteger(spec.cpuCount) && spec.cpuCount > 0,
      `cpuCount ${spec.cpuCount} is no whole number above 0`,
    ],
    [
      Number.isInteger(spec.memoryMiB) && spec.memoryMiB > 0,
      `memoryMiB ${spec.memoryMiB} is no whole number above 0`,
    ],
    [hostName.test(host), `'${host}' is no host name (RFC 1123, lower case)`],
    [userName.test(login.user), `'${login.user}' is no user name`],
    [keyLine.test(login.authorizedKey), 'the authorized key must be one line, without $'],
    [networks.size === spec.interfaces.length, 'it may be on each network only once'],
    [disks.size === spec.disks.length, 'it may have each disk only once'],
    ...spec.disks.map((disk): Rule => [
      mountPath.test(disk.mountPath),
      `'${disk.mountPath}' is no absolute, plain mount path`,
    ]),
  ];
}
