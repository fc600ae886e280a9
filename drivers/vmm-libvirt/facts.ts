import { brandId } from '@trencadis/ids';
import { z } from 'zod';
import { element, escaped } from './xml.ts';

const namespace = 'urn:trencadis:vm:1';
export const phaseNamespace = 'urn:trencadis:phase:1';

const label = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);

/** What the platform knows of a VM beside what libvirt does: kept in the domain's metadata, as JSON. */
export const factsSchema = z.object({
  tag: label.transform((text) => brandId('Tag', text)),
  hostName: z.string(),
  user: z.string(),
  image: z.object({ location: z.string(), digest: z.string().transform((text) => brandId('Sha256', text)) }),
  /** Empty until all of it is made. */
  hostKeys: z.array(z.string()),
  /** In the names of its volumes. */
  attempt: z.string(),
  /** Paths on libvirt's host of what is booted directly; absent: the disk's own boot loader. */
  boot: z.object({ kernel: z.string(), initrd: z.string() }).optional(),
  interfaces: z.array(
    z.object({
      network: label.transform((text) => brandId('NetworkName', text)),
      /** libvirt's network that it is on: ours, or the one that was lent. */
      source: z.string(),
      mac: z.string(),
      /** Absent on a lent network: there its lease tells. */
      address: z.string().optional(),
    }),
  ),
  disks: z.array(
    z.object({
      disk: label.transform((text) => brandId('DiskName', text)),
      mountPath: z.string(),
      volume: z.string(),
      /** Its name on QEMU's bus, `vdc`; the guest finds it by its serial. */
      target: z.string(),
    }),
  ),
});

export type Facts = z.output<typeof factsSchema>;
export type AttachedDisk = Facts['disks'][number];

/** `started`: it has run, so that it is off because somebody stopped it; `restarting`: it is off for a change. */
export type Phase = 'new' | 'started' | 'restarting';

export function metadataXml(facts: Facts, phase: Phase): string {
  return element('metadata', {}, [
    element('trencadis:vm', { 'xmlns:trencadis': namespace }, escaped(JSON.stringify(facts))),
    element('phase:phase', { 'xmlns:phase': phaseNamespace }, phase),
  ]);
}
