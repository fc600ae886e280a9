import type { VmName } from '@trencadis/ids';
import { titleOf } from './domains.ts';
import { type AttachedDisk, type Facts, type Phase, metadataXml } from './facts.ts';
import { serialOf } from './disk-serial.ts';
import type { Acceleration } from './site.ts';
import { volumeNames } from './volume-names.ts';
import { element } from './xml.ts';

export interface DomainPlan {
  readonly name: VmName;
  /** Absent: a new domain, so that libvirt refuses a name that is taken. */
  readonly uuid?: string;
  readonly facts: Facts;
  readonly phase: Phase;
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

export interface HostFacts {
  readonly acceleration: Acceleration;
  /** Of the pool, on libvirt's host. */
  readonly directory: string;
  readonly cpuKiloHertz: number;
}

/** The whole configuration of a VM, from what is known of it: https://libvirt.org/formatdomain.html. */
export function domainXml(plan: DomainPlan, host: HostFacts): string {
  const { name, uuid, facts, phase, cpuCount, memoryMiB } = plan;
  return element('domain', { type: host.acceleration === 'kvm' ? 'kvm' : 'qemu' }, [
    element('name', {}, name),
    ...(uuid === undefined ? [] : [element('uuid', {}, uuid)]),
    element('title', {}, titleOf(facts.tag)),
    metadataXml(facts, phase),
    element('memory', { unit: 'MiB' }, String(memoryMiB)),
    element('vcpu', {}, String(cpuCount)),
    osXml(plan, host),
    featuresXml(host),
    element('cpu', { mode: host.acceleration === 'kvm' ? 'host-passthrough' : 'maximum' }),
    element('on_poweroff', {}, 'destroy'),
    element('on_reboot', {}, 'restart'),
    // So that it stays visible that its guest has panicked.
    element('on_crash', {}, 'preserve'),
    element('devices', {}, devicesXml(plan, host)),
  ]);
}

function osXml({ facts }: DomainPlan, host: HostFacts): string {
  const type = element('type', { arch: 'x86_64', machine: 'pc' }, 'hvm');
  if (facts.boot === undefined) return element('os', {}, type);
  return element('os', {}, [
    type,
    element('kernel', {}, facts.boot.kernel),
    element('initrd', {}, facts.boot.initrd),
    element('cmdline', {}, kernelParameters(host)),
  ]);
}

/**
 * Under TCG on a busy host the kernel's measuring of its clock fails, and a boot without these hangs for ever; the
 * mitigations only cost time there, and wiping memory makes all of it the guest's own.
 */
function kernelParameters({ acceleration, cpuKiloHertz }: HostFacts): string {
  const always = 'root=LABEL=trencadis-root rw console=ttyS0 net.ifnames=0';
  if (acceleration === 'kvm') return always;
  const clock = `tsc_early_khz=${cpuKiloHertz} lpj=4000000 no_timer_check tsc=reliable`;
  return `${always} quiet mitigations=off nokaslr init_on_alloc=0 ${clock}`;
}

function featuresXml({ acceleration }: HostFacts): string {
  const tcg = element('tcg', {}, element('tb-cache', { unit: 'MiB' }, '64'));
  return element('features', {}, [
    element('acpi'),
    element('apic'),
    ...(acceleration === 'tcg' ? [tcg] : []),
  ]);
}

function devicesXml({ name, facts }: DomainPlan, { directory }: HostFacts): readonly string[] {
  const path = (part: 'root' | 'seed' | 'console') =>
    `${directory}/${volumeNames.vm(name, facts.attempt, part)}`;
  const root = { path: path('root'), format: 'qcow2', target: 'vda' };
  const seed = { path: path('seed'), format: 'raw', target: 'vdb', isReadOnly: true } as const;
  return [
    diskXml(facts.boot === undefined ? { ...root, isBootDisk: true } : root),
    diskXml(seed),
    ...facts.disks.map((disk) => dataDiskXml(disk, directory)),
    ...facts.interfaces.map(({ source, mac }) =>
      element('interface', { type: 'network' }, [
        element('mac', { address: mac }),
        element('source', { network: source }),
        element('model', { type: 'virtio' }),
      ]),
    ),
    // A file in the pool, so that it can be read through libvirt, from afar too. virtlogd keeps it short.
    element('serial', { type: 'file' }, [
      element('source', { path: path('console'), append: 'on' }),
      element('target', { port: 0 }),
    ]),
    element('console', { type: 'file' }, [
      element('source', { path: path('console'), append: 'on' }),
      element('target', { type: 'serial', port: 0 }),
    ]),
    element('memballoon', { model: 'none' }),
    element('panic', { model: 'isa' }),
    element('rng', { model: 'virtio' }, element('backend', { model: 'random' }, '/dev/urandom')),
  ];
}

export function dataDiskXml({ disk, volume, target }: AttachedDisk, directory: string): string {
  return diskXml({ path: `${directory}/${volume}`, format: 'qcow2', target, serial: serialOf(disk) });
}

interface DiskPlan {
  readonly path: string;
  readonly format: string;
  readonly target: string;
  readonly serial?: string;
  readonly isReadOnly?: true;
  readonly isBootDisk?: true;
}

function diskXml({ path, format, target, serial, isReadOnly, isBootDisk }: DiskPlan): string {
  return element('disk', { type: 'file', device: 'disk' }, [
    element('driver', { name: 'qemu', type: format }),
    element('source', { file: path }),
    element('target', { dev: target, bus: 'virtio' }),
    ...(isReadOnly === true ? [element('readonly')] : []),
    ...(serial === undefined ? [] : [element('serial', {}, serial)]),
    ...(isBootDisk === true ? [element('boot', { order: 1 })] : []),
  ]);
}
