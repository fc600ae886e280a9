/** One front and `count` workers, as IM's users write it. */
export function clusterRadl(workers = 1, cloud = ''): string {
  return `description cluster (name = 'My cluster')
network public (outbound = 'yes')
network private ()
system front (
  cpu.count >= 1 and
  memory.size >= 512M and
  net_interface.0.connection = 'public' and
  net_interface.0.dns_name = 'front' and
  net_interface.1.connection = 'private' and
  disk.0.os.name = 'linux'
)
system worker (
  cpu.count = 1 and
  memory.size >= 512M and
  net_interface.0.connection = 'private' and
  net_interface.0.dns_name = 'worker-#N#' and
  disk.0.os.name = 'linux' and
  disk.1.size = 2G and
  disk.1.mount_path = '/data'
)
configure front (
@begin
---
- tasks:
    - name: install the server
      debug: msg=hello
@end
)
contextualize (
  system front configure front step 1
)
deploy front 1 ${cloud}
deploy worker ${workers} ${cloud}
`;
}

/** Without recipes, on the platform's own VM manager. */
export const oneVmRadl = `network public (outbound = 'yes')
system node (
  cpu.count = 1 and memory.size >= 512M and
  net_interface.0.connection = 'public' and
  disk.0.os.name = 'linux'
)
deploy node 1 memory
`;
