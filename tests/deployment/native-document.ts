export interface NativeOptions {
  /** Features of the service more, each after `and`. */
  readonly more?: string;
  /** Features of its system more, each after `and`. */
  readonly system?: string;
  /** Instead of the cloud-init recipe. */
  readonly contextualize?: string;
  readonly balancer?: string;
  readonly recipe?: string;
}

const recipe = '#cloud-config\nruncmd: [touch /run/up]';
const http =
  "balancer.kind = 'native' and balancer.port = 80 and balancer.protocol = 'http' and balancer.target_port = 8080";

/** A service whose replicas and balancer are the VM manager's own. */
export function nativeDocument(options: NativeOptions = {}): string {
  const { more = '', system = '', balancer = http } = options;
  const { contextualize = 'contextualize ( system front configure web with cloud_init )' } = options;
  return `
network outside (outbound = 'yes' and outports = '80/tcp')
system front (
  cpu.count >= 1 and memory.size >= 512m and net_interface.0.connection = 'outside' and
  disk.0.os.name = 'linux' and disk.0.application contains (name = 'ant') ${system}
)
configure web (
@begin
${options.recipe ?? recipe}
@end
)
${contextualize}
service web (
  system = 'front' and replicas.min = 2 and replicas.max = 4 and ${balancer} and
  scale.engine = 'native' and scale.above = 80 ${more}
)
deploy web
`;
}
