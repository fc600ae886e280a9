import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packGar } from '@trencadis/component-repository/testing';
import type { Trencadis } from '../end-to-end/trencadis.ts';

const manifest = (version: string) => ({
  name: 'web',
  version,
  command: ['node', 'main.mjs'],
  port: 8080,
  protocol: 'http',
  livePath: '/health',
  readyPath: '/health',
  databases: [],
  secrets: [],
  parameters: [],
});

/** Tells who answers; is unwell while there is a file /run/unwell; burns all the processor that it is given from /burn to /rest. */
const program = (version: string, isBroken: boolean) => `
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { hostname } from 'node:os';
import { Worker } from 'node:worker_threads';
const answer = JSON.stringify({ host: hostname(), version: '${version}' });
const isWell = () => !${isBroken} && !existsSync('/run/unwell');
const burning = [];
const burn = () => burning.push(new Worker('for (;;);', { eval: true }));
const rest = () => burning.splice(0).forEach((worker) => worker.terminate());
createServer((request, response) => {
  const url = new URL(request.url, 'http://web');
  if (url.pathname === '/health') response.writeHead(isWell() ? 200 : 503).end();
  else if (url.pathname === '/burn') { burn(); burn(); response.end(answer); }
  else if (url.pathname === '/rest') { rest(); response.end(answer); }
  else setTimeout(() => response.end(answer), Number(url.searchParams.get('wait') ?? 0));
}).listen(8080, '0.0.0.0');
`;

export interface WebDocument {
  readonly min: number;
  readonly max: number;
  /** Further features of the service. */
  readonly more?: string;
}

/** A service behind a balancer, made of one component. */
export function webDocument({ min, max, more = '' }: WebDocument): string {
  return `# dialect: trencadis
network public (outbound = 'yes')
system web (
  cpu.count = 1 and memory.size >= 256M and
  net_interface.0.connection = 'public' and
  disk.0.applications contains (name = 'node', version >= '24')
)
service site (
  system = 'web' and replicas.min = ${min} and replicas.max = ${max} and
  balancer.port = 80 and balancer.protocol = 'http' and balancer.target_port = 8080 and balancer.drain = 10 and
  health.path = '/health'
  ${more}
)
configure web (
  add_user {'trencadis': }
  deploy_gs {'Web.gar': }
)
deploy site
`;
}

/** `isBroken`: it never becomes well. */
export async function addWebComponent(
  trencadis: Trencadis,
  version: string,
  { isBroken = false } = {},
): Promise<void> {
  const content = await packGar({
    'component.json': JSON.stringify(manifest(version)),
    'main.mjs': program(version, isBroken),
  });
  const path = join(trencadis.home, 'Web.gar');
  await writeFile(path, content);
  await trencadis.run('component', 'add', path, version);
}
