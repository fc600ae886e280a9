import { packGar } from '@trencadis/component-repository/testing';
import type { DeliveredComponent } from '@trencadis/contextualization';
import { sha256OfBytes } from '@trencadis/ids';

export const servicePort = 8443;

const manifest = {
  name: 'hello',
  version: '1.0.0',
  command: ['node', 'main.mjs', '--say=hello'],
  port: servicePort,
  protocol: 'https',
  livePath: '/healthz',
  readyPath: '/healthz',
  databases: ['SQL_Keys'],
  secrets: [{ name: 'sealing-key', byteCount: 32 }],
  parameters: [{ name: 'greeting', description: 'What to answer.', required: true }],
};

/** Answers its arguments, its user and its configuration but for what is secret. */
const program = `
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
const config = JSON.parse(readFileSync(process.argv.at(-1), 'utf8'));
const { database: { password, ...database }, secrets, ...rest } = config;
const answer = { arguments: process.argv.slice(2), userId: process.getuid(), secretNames: Object.keys(secrets), database, ...rest };
const tls = { key: readFileSync(config.tls.privateKeyFile), cert: readFileSync(config.tls.certificateFile) };
createServer(tls, (request, response) => response.end(JSON.stringify(answer))).listen(config.port, config.host);
console.log('listening');
`;

const brokenProgram = `console.log('cannot open the vault ' + process.argv.at(-1)); process.exit(3);`;

export async function packService({ isBroken = false } = {}): Promise<DeliveredComponent> {
  const content = await packGar({
    'component.json': JSON.stringify(manifest),
    'main.mjs': isBroken ? brokenProgram : program,
  });
  return { fileName: 'Hello.gar', digest: sha256OfBytes(content), content: async () => content };
}
