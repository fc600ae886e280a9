import { styleText } from 'node:util';
import { PlatformError } from '@trencadis/errors';
import type { ListedServiceView } from '@trencadis/service-controller/client';
import type { ServiceListView } from '@trencadis/service-repository/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { printService, printServices } from '../print-service.ts';
import { printDeployedServices } from '../print-deployed-service.ts';
import { addDeployedServiceCommands } from './deployed-service.ts';
import { addOperatingCommands } from './operate-service.ts';
import { parseServiceReference, refuse, renderService } from '../render-service.ts';

interface Json {
  readonly json?: boolean;
}

export function addServiceCommands(program: Command): void {
  const service = program
    .command('service')
    .description('services that are deployed, and descriptions that they are deployed from');
  addReadingCommands(service);
  addDeployedServiceCommands(service);
  addOperatingCommands(service);
  addRenderCommand(service);
  addValidateCommand(service);
  addWritingCommands(service);
}

function addReadingCommands(service: Command): void {
  service
    .command('list')
    .description('the deployed services; then the registered descriptions, and the own ones that wait')
    .option('--deployed', 'only the deployed services')
    .option('--descriptions', 'only the descriptions')
    .option('--json', 'for machines')
    .action(list);
  service
    .command('show')
    .description('what a service needs and which parameters it takes')
    .argument('<name[@version]>', 'its newest version unless told')
    .option('--json', 'for machines')
    .action(async (reference: string, { json }: Json) => {
      const { name, version } = parseServiceReference(reference);
      await using platform = await connectPlatform();
      const shown = await platform.services.getService({ params: { name } });
      assertVersion(shown, version);
      print(json, shown, printService(shown, version));
    });
}

interface ListOptions extends Json {
  readonly deployed?: boolean;
  readonly descriptions?: boolean;
}

async function list({ json, deployed = false, descriptions = false }: ListOptions): Promise<void> {
  await using platform = await connectPlatform();
  const isAll = deployed === descriptions;
  const running = isAll || deployed ? (await platform.deployed.listAllDeployedServices({})).services : [];
  const registered = isAll || descriptions ? await platform.services.listServices({}) : undefined;
  const all = { ...registered, ...(isAll || deployed ? { deployed: running } : {}) };
  print(json, all, printAllServices(running, registered));
}

/** With titles where both are shown. */
function printAllServices(
  deployed: readonly ListedServiceView[],
  registered: ServiceListView | undefined,
): string {
  const running = printDeployedServices(deployed);
  if (registered === undefined) return running === '' ? 'No service is deployed.\n' : running;
  const descriptions = printServices(registered);
  if (running === '') return descriptions;
  return `${styleText('bold', 'Deployed')}\n${running}\n${styleText('bold', 'Descriptions')}\n${descriptions}`;
}

function addRenderCommand(service: Command): void {
  service
    .command('render')
    .description('the RADL document of a service for these parameters')
    .argument('<name[@version]>', 'its newest released version unless told')
    .option('--set <name=value...>', 'a parameter; name=@file reads JSON')
    .option('--json', 'with the parameters for its components')
    .action(async (reference: string, { set = [], json }: Json & { readonly set?: readonly string[] }) => {
      await using platform = await connectPlatform();
      const rendered = await renderService(platform.services, reference, set);
      print(json, rendered, rendered.radl);
    });
}

function addValidateCommand(service: Command): void {
  service
    .command('validate')
    .description('everything that would keep a description from being registered')
    .argument('<folder>', 'with service.json and its RADL text')
    .option('--json', 'for machines')
    .action(async (folder: string, { json }: Json) => {
      // Here, as it brings half of the platform with it, which no other command needs.
      const { readServiceDescription } = await import('@trencadis/service-repository');
      const body = await readServiceDescription(folder);
      await using platform = await connectPlatform();
      const { problems } = await platform.services.validateService({ body });
      if (json !== true && problems.length > 0) throw refuse(`${folder} cannot be registered`, problems);
      if (problems.length > 0) process.exitCode = exitCodes.usage;
      print(json, { problems }, `${body.name} ${body.version} (${body.status.kind}) may be registered.\n`);
    });
}

function addWritingCommands(service: Command): void {
  service
    .command('register')
    .description('register a description; a version never changes')
    .argument('<folder>', 'with service.json and its RADL text')
    .action(async (folder: string) => {
      const { readServiceDescription } = await import('@trencadis/service-repository');
      const body = await readServiceDescription(folder);
      await using platform = await connectPlatform();
      const outcome = await platform.services.registerService({ body });
      if (outcome.kind === 'problems') throw refuse(`${folder} cannot be registered`, outcome.problems);
      process.stdout.write(`${body.name} ${outcome.version}: ${outcome.kind}.\n`);
    });
  service
    .command('import')
    .description('register the descriptions that come with the platform, as far as they may be')
    .action(async () => {
      await using platform = await connectPlatform();
      process.stdout.write(printServices(await platform.services.importServices({})));
    });
  service
    .command('rm')
    .description('remove a version; what was deployed from it stays')
    .argument('<name@version>')
    .action(async (reference: string) => {
      const { name, version } = parseServiceReference(reference);
      if (version === undefined) {
        const message = `Say which version of ${name}: trencadis service rm ${name}@VERSION.`;
        throw new PlatformError('invalid-argument', message, { subject: name });
      }
      await using platform = await connectPlatform();
      await platform.services.removeServiceVersion({ params: { name, version } });
    });
}

function print(json: boolean | undefined, value: object, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value)}\n` : text);
}

function assertVersion(
  { name, versions }: { readonly name: string; readonly versions: readonly { readonly version: string }[] },
  asked: string | undefined,
): void {
  if (asked === undefined || versions.some(({ version }) => version === asked)) return;
  const known = versions.map(({ version }) => version).join(', ');
  const message = `Service '${name}' has no version ${asked}; there are ${known}.`;
  throw new PlatformError('not-found', message, { subject: name });
}
