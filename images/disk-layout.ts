/** Where GRUB and every partitioning tool expect the first partition; what lies before it is the boot loader's. */
export const partitionStartBytes = 2 ** 20;

const sectorBytes = 512;
const gib = 2 ** 30;
const bootCodeBytes = 440;
const linuxPartition = 0x83;
/** Cylinder, head and sector of what lies beyond them: nobody reads these any more. */
const beyondChs = [0xfe, 0xff, 0xff] as const;

/** Whole GiB, with a quarter and 512 MiB to spare; the file system grows with the disk at the first boot. */
export function virtualSizeOf(treeBytes: number): number {
  return Math.max(2, Math.ceil((treeBytes * 1.25 + gib / 2) / gib)) * gib;
}

/**
 * A master boot record: GRUB's boot code and one active Linux partition up to the end of the disk
 * (https://wiki.osdev.org/MBR_(x86)). `boot.img` has code for floppy disks in the place of the table.
 */
export function masterBootRecord(bootCode: Uint8Array, diskBytes: number, signature: number): Uint8Array {
  const record = Buffer.alloc(sectorBytes);
  record.set(bootCode.subarray(0, bootCodeBytes));
  record.writeUInt32LE(signature >>> 0, bootCodeBytes);
  record.set([0x80, ...beyondChs, linuxPartition, ...beyondChs], 446);
  record.writeUInt32LE(partitionStartBytes / sectorBytes, 454);
  record.writeUInt32LE((diskBytes - partitionStartBytes) / sectorBytes, 458);
  record.set([0x55, 0xaa], 510);
  return record;
}

/** Of the boot loader's second part, which `boot.img` reads from the sector after its own. */
export const coreImageStartBytes = sectorBytes;
export const coreImageMaxBytes = partitionStartBytes - coreImageStartBytes;
