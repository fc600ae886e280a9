/** Where Debian's packages have things. */
export const paths = {
  config: '/etc/haproxy/haproxy.cfg',
  record: '/etc/haproxy/trencadis.json',
  certificates: '/etc/haproxy/certs',
  socket: '/run/haproxy/admin.sock',
  /** Of servers, while HAProxy is reloaded: so that what is down stays down. */
  serverState: '/run/haproxy/trencadis.state',
  lock: '/run/trencadis-balancer.lock',
  keepalived: '/etc/keepalived/keepalived.conf',
} as const;

export function certificatePath(balancer: string, frontend: string): string {
  return `${paths.certificates}/${balancer}.${frontend}.pem`;
}

export function authorityPath(balancer: string, pool: string): string {
  return `${paths.certificates}/${balancer}.${pool}.crt`;
}
