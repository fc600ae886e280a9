import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { mkdir } from 'node:fs/promises';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { StatusView } from '@trencadis/infrastructure/client';
import { addBuiltComponents } from '../add-built-components.ts';
import { type Platform, connectPlatform } from '../connect.ts';
import { exchangeShare } from './exchange-share.ts';
import { openTokenIssuer } from './token-issuer.ts';
import { statusOf } from '../find-infrastructure.ts';
import { planAndApply } from '../plan-and-apply.ts';
import { planDocument } from '../read-document.ts';
import { requireRoot } from '../require-root.ts';
import { setUpHost } from '../set-up-host.ts';

const document = fileURLToPath(
  new URL('../../../service-descriptions/key-server/key-server.radl', import.meta.url),
);
const name = 'key-server';

export interface DemoOptions {
  readonly yes?: boolean;
}

export async function runDemo(options: DemoOptions): Promise<void> {
  await requireRoot();
  const home = stateDirectory();
  await mkdir(home, { recursive: true, mode: 0o711 });
  announce('Preparing this host: packages, machine images, components');
  await setUpHost(options);
  await using platform = await connectPlatform();
  await addBuiltComponents(platform.components);
  await platform.images.importImages({ body: {} });
  await platform.services.importServices({});
  const issuer = await openTokenIssuer(home);
  announce(`Planning ${name} from the paper's Fig. 3`);
  const parameters = { 'token-issuers': [issuer.trusted] };
  const planned = await planDocument(platform.infrastructures, document, { name, parameters });
  if ((await planAndApply(platform, planned, options)) === 'detached') return;
  const status = await statusOf(platform.infrastructures, name);
  announce('Storing a key share through the deployed Key Server and reading it back');
  const address = await keyServerOf(platform, status);
  const eouid = await exchangeShare(address, issuer);
  process.stdout.write(
    `The share of object ${eouid} came back as it was stored.\n\n${farewell(address.baseUrl)}`,
  );
}

function announce(text: string): void {
  process.stdout.write(`\n${styleText('bold', `== ${text}`)}\n`);
}

async function keyServerOf({ infrastructures }: Platform, { infrastructure, vms }: StatusView) {
  const [baseUrl] = vms.flatMap((vm) => vm.endpoints);
  if (baseUrl === undefined)
    throw new PlatformError('internal', `'${name}' is deployed and has no endpoint.`, { subject: name });
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  const { certificatePem } = await infrastructures.authority({ params });
  return { baseUrl, authorityPem: certificatePem };
}

function farewell(baseUrl: string): string {
  return `The Key Server answers at ${baseUrl} (for example ${baseUrl}/readyz).

Look around:
  npx trencadis status ${name}              what runs, as observed now
  npx trencadis ssh ${name} gt4             a shell on the service's VM (postgresql: the database's)
  npx trencadis logs ${name}                what the deployment did, step by step
Remove all of it:
  npx trencadis destroy ${name}             VMs, networks, keys
  npx trencadis server stop               the platform's server and its database
`;
}
