/**
 * A kernel of 166 bytes that goes into long mode with paging, counts to ten million and asks the keyboard controller for
 * a reset. QEMU loads it as a multiboot kernel (https://www.gnu.org/software/grub/manual/multiboot/). Where KVM opens
 * and then hangs, it is the way into protected mode that hangs, so that nothing smaller tells.
 *
 * - header: magic, flags (addresses are given), checksum; loaded from 0x100000, entered at 0x100020
 * - page tables at 0x101000: one large page of 2 MiB, mapped to itself
 * - CR4.PAE, EFER.LME, CR0.PG, a far jump into a 64-bit code segment; the loop; `out 0xfe, 0x64`; `hlt`
 * - the descriptor table and its pointer
 */
export const probeKernel: Uint8Array = Buffer.from(
  [
    '02b0ad1b00000100fe4f51e40000100000001000a6001000a600100020001000',
    '31c0bf00101000b9000c0000f3abc7050010100003201000c705002010000330',
    '1000c7050030100083000000b8001010000f22d8b8200000000f22e0b9800000',
    'c0b80001000031d20f30b8010000800f22c00f0115a0001000ea800010000800',
    'b980969800ffc975fcb0fee664f4ebfd000000000000000000000000009a2000',
    '0f0090001000',
  ].join(''),
  'hex',
);
