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
import { planText, readText } from '../read-document.ts';
import { requireRoot } from '../require-root.ts';
import { setUpHost } from '../set-up-host.ts';

const document = fileURLToPath(
  new URL('../../../service-descriptions/key-server/key-server.radl', import.meta.url),
);

export interface DemoOptions {
  readonly yes?: boolean;
  /** Instead of this host; a cloud that is known already. */
  readonly cloud?: string;
}

export async function runDemo(options: DemoOptions): Promise<void> {
  await requireRoot();
  const home = stateDirectory();
  await mkdir(home, { recursive: true, mode: 0o711 });
  const { cloud } = options;
  announce('Preparing this host: packages, machine images, components');
  if (cloud === undefined) await setUpHost(options);
  await using platform = await connectPlatform();
  if (cloud !== undefined) await prepareFor(cloud, platform, options);
  await addBuiltComponents(platform.components);
  await platform.images.importImages({ body: {} });
  await platform.services.importServices({});
  const issuer = await openTokenIssuer(home);
  const name = cloud === undefined ? 'key-server' : `key-server-${cloud}`;
  announce(`Planning ${name} from the paper's Fig. 3`);
  const parameters = { 'token-issuers': [issuer.trusted] };
  const radl = await readDocument(cloud);
  const planned = await planText(platform.infrastructures, { radl, place: document }, { name, parameters });
  if ((await planAndApply(platform, planned, options)) === 'detached') return;
  const status = await statusOf(platform.infrastructures, name);
  announce('Storing a key share through the deployed Key Server and reading it back');
  const address = await keyServerOf(platform, status);
  const eouid = await exchangeShare(address, issuer);
  process.stdout.write(
    `The share of object ${eouid} came back as it was stored.\n\n${farewell(name, address.baseUrl)}`,
  );
}

function announce(text: string): void {
  process.stdout.write(`\n${styleText('bold', `== ${text}`)}\n`);
}

/** What a cloud boots has to be in its catalog already, but for libvirt: it takes images as they are built here. */
async function prepareFor(cloud: string, platform: Platform, { yes = false }: DemoOptions): Promise<void> {
  const { clouds } = await platform.clouds.listClouds({});
  const product = clouds.find(({ name, key }) => name === cloud || key === cloud)?.product;
  if (product === undefined) {
    const message = `You have no cloud '${cloud}': add it with 'trencadis cloud add'.`;
    throw new PlatformError('not-found', message, { subject: cloud });
  }
  if (product === 'libvirt') await setUpHost({ yes, format: 'qcow2' });
}

async function readDocument(cloud: string | undefined): Promise<string> {
  const text = await readText(document);
  return cloud === undefined ? text : text.replaceAll(/^(deploy \w+ \d+)$/gm, `$1 ${cloud}`);
}

async function keyServerOf({ infrastructures }: Platform, { infrastructure, vms }: StatusView) {
  const [baseUrl] = vms.flatMap((vm) => vm.endpoints);
  if (baseUrl === undefined)
    throw new PlatformError('internal', `'${infrastructure.name}' is deployed and has no endpoint.`, {
      subject: infrastructure.name,
    });
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  const { certificatePem } = await infrastructures.authority({ params });
  return { baseUrl, authorityPem: certificatePem };
}

function farewell(name: string, baseUrl: string): string {
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
