import { keyServerDocument } from './simulated-platform.ts';

export interface PartsOptions {
  readonly outports?: string;
  readonly disks?: string;
  /** Features of the system with disks, each followed by `and`. */
  readonly more?: string;
  /** Where all of it goes. */
  readonly cloud?: string;
}

const oneDisk = "disk.1.size = 1g and disk.1.mount_path = '/data'";

/** Fig. 3, reached from outside on some ports, with a system beside it that has disks. */
export function partsDocument(options: PartsOptions = {}): string {
  const { outports = '8443', disks = oneDisk, more = '', cloud = '' } = options;
  const document = keyServerDocument.replace(
    "network public (outbound = 'yes')",
    `network public (outbound = 'yes' and outports = '${outports}')`,
  );
  return `${document}
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
`.replaceAll(/^deploy (\S+) 1$/gm, `deploy $1 1 ${cloud}`);
}
