import { keyServerDocument } from './simulated-platform.ts';

/** Fig. 3 with a system of its own at the second VM manager, that has disks. */
export function edgeDocument(options: { readonly count?: number; readonly memory?: string } = {}): string {
  const { count = 1, memory = '512m' } = options;
  return `${keyServerDocument}
system EDGE (
  cpu.count >= 1 and memory.size >= ${memory} and
  net_interface.0.connection = 'public' and
  disk.0.os.name = 'linux' and disk.0.application contains (name = 'PostgreSQL') and
  disk.1.size = 1g and disk.1.mount_path = '/data'
)
configure EDGE (
  add_user {'trencadis': }
)
deploy EDGE ${count} second
`;
}
