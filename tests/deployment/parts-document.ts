import { keyServerDocument } from './simulated-platform.ts';

/** Fig. 3, reached from outside on some ports, with a system beside it that has disks. */
export function partsDocument(
  options: { readonly outports?: string; readonly disks?: string; readonly more?: string } = {},
): string {
  const {
    outports = '8443',
    disks = "disk.1.size = 1g and disk.1.mount_path = '/data'",
    more = '',
  } = options;
  const opened = keyServerDocument.replace(
    "network public (outbound = 'yes')",
    `network public (outbound = 'yes' and outports = '${outports}')`,
  );
  return `${opened}
system STORE (
  cpu.count >= 1 and memory.size >= 1g and
  net_interface.0.connection = 'public' and ${more}
  disk.0.os.name = 'linux' and disk.0.application contains (name = 'PostgreSQL') and
  ${disks}
)
configure STORE (
  add_user {'trencadis': }
)
deploy STORE 1
`;
}
