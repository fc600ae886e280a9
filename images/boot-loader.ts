import { open, readFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';
import { coreImageMaxBytes, coreImageStartBytes, masterBootRecord } from './disk-layout.ts';

/** Of Debian's grub-pc-bin. */
const grubFolder = '/usr/lib/grub/i386-pc';
export const bootCodePath = `${grubFolder}/boot.img`;

/** What reads the configuration from an ext4 partition and starts Linux, on a screen and on a serial line. */
const grubModules = [
  'biosdisk',
  'configfile',
  'echo',
  'ext2',
  'linux',
  'normal',
  'part_msdos',
  'serial',
  'terminal',
];

/** The command that writes GRUB's second part to that path; it looks for the rest on the disk it was read from. */
export function makeCoreImage(path: string): readonly string[] {
  const where = ['--format=i386-pc', `--directory=${grubFolder}`, '--prefix=(,msdos1)/boot/grub'];
  return ['grub-mkimage', ...where, `--output=${path}`, ...grubModules];
}

/** A label, since a person who boots the kernel directly must be able to name it. */
export const rootLabel = 'trencadis-root';

/** Every kernel may time itself by a timer that a busy emulator serves late; hypervisors' own kernels skip that check too. */
const kernelParameters = `root=LABEL=${rootLabel} ro console=tty0 console=ttyS0,115200 quiet no_timer_check`;

/** No menu: nobody can log in at a console, and Debian's links name the newest kernel. */
export const grubConfiguration = [
  'serial --unit=0 --speed=115200',
  'terminal_input console serial',
  'terminal_output console serial',
  `linux /vmlinuz ${kernelParameters}`,
  'initrd /initrd.img',
  'boot',
  '',
].join('\n');

export interface BootLoader {
  /** The raw disk. */
  readonly disk: string;
  readonly coreImage: string;
  readonly diskBytes: number;
  /** Tells disks apart, 32 bits. */
  readonly signature: number;
}

/** Writes the partition table and both parts of GRUB into the gap before the partition. */
export async function installBootLoader(loader: BootLoader): Promise<void> {
  const { disk, diskBytes, signature } = loader;
  const [bootCode, core] = await Promise.all([readFile(bootCodePath), readFile(loader.coreImage)]);
  if (core.byteLength > coreImageMaxBytes) {
    const message = `GRUB's core image has ${String(core.byteLength)} bytes, and only ${String(coreImageMaxBytes)} lie before the partition.`;
    throw new PlatformError('internal', message, { subject: loader.coreImage });
  }
  await using file = await open(disk, 'r+');
  await file.write(masterBootRecord(bootCode, diskBytes, signature), 0, undefined, 0);
  await file.write(core, 0, undefined, coreImageStartBytes);
}
