import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type ComponentClient,
  type ComponentType,
  type ComponentView,
  componentTypes,
} from '@trencadis/component-repository/client';
import { PlatformError } from '@trencadis/errors';
import { type Command, Option } from 'commander';
import { type BuildableService, buildableServices } from '../buildable-services.ts';
import { digestOfFile, downloadComponent, uploadComponent } from '../component-files.ts';
import { connectPlatform } from '../connect.ts';
import { formatComponent, formatComponents } from '../print-component.ts';

export function addComponentCommands(program: Command): void {
  const component = program
    .command('component')
    .description('installation files that are put on machines (paper 4.2)');
  addReadingCommands(component);
  addChangingCommands(component);
}

const which = 'its file name, and after an @ its version: Key_Server_Grid_Service.gar@0.1.0';

interface Json {
  readonly json?: boolean;
}

function addReadingCommands(component: Command): void {
  component
    .command('list')
    .description('all components, by file name, versions oldest first')
    .option('--json', 'for machines')
    .action(({ json }: Json) =>
      withComponents(async (client) => {
        const { components } = await client.listComponents({ query: {} });
        print(json, { components }, formatComponents(components));
      }),
    );
  component
    .command('show')
    .description('one component, and what it needs')
    .argument('<component>', which)
    .option('--json', 'for machines')
    .action((name: string, { json }: Json) =>
      withComponents(async (client) => {
        const shown = await client.showComponent({ params: await findComponent(client, name) });
        print(json, shown, formatComponent(shown));
      }),
    );
  component
    .command('fetch')
    .description('a copy of a component’s file, verified')
    .argument('<component>', which)
    .option('--output <folder>', 'where to', '.')
    .option('--with-needs', 'and of all that it needs')
    .action(fetchComponents);
  component
    .command('verify')
    .description('read stored files again and judge them and their signatures; status 1 when one is not good')
    .argument('[component...]', `${which}; all without`)
    .action(verifyComponents);
}

function addChangingCommands(component: Command): void {
  component
    .command('add')
    .description('add a file; a version never changes, so something else needs another version')
    .argument('<file>')
    .argument('<version>')
    .option('--name <fileName>', 'instead of the file’s own name')
    .option('--description <text>', 'what it is', '')
    .option('--licence <expression>', 'in SPDX: Apache-2.0, MIT OR GPL-3.0-only')
    .option('--needs <component...>', 'a file it depends on, and after an @ the versions: "api.jar@>=1.2 <2"')
    .option('--signature <file>', 'its .minisig file')
    .addOption(new Option('--type <type>', 'where the name does not tell').choices(componentTypes))
    .action(addFile);
  component
    .command('build')
    .description('build this project’s own services into components and add what changed')
    .argument('[service...]', `of ${buildableServices.map(({ name }) => name).join(', ')}; all without`)
    .option('--output <folder>', 'only write the files there; add nothing')
    .action(build);
  component
    .command('remove')
    .description('remove one version that nothing needs any more')
    .argument('<component>', which)
    .action(removeComponent);
  component
    .command('grant')
    .description('let one machine fetch one file over HTTPS for five minutes; prints where and with what')
    .argument('<component>', which)
    .argument('<vm>', 'the machine’s name')
    .action(grantComponent);
}

async function fetchComponents(
  name: string,
  { output, withNeeds }: { readonly output: string; readonly withNeeds?: boolean },
): Promise<void> {
  await withComponents(async (client) => {
    const component = await findComponent(client, name);
    const { needs, problem } = await client.showComponent({ params: component });
    if (withNeeds === true && problem !== undefined) throw new PlatformError('conflict', `${problem}.`);
    const { components } = await client.listComponents({ query: {} });
    const needed = components.filter(({ digest, fileName, version }) =>
      needs.some((each) => each.digest === digest && each.fileName === fileName && each.version === version),
    );
    for (const each of [...(withNeeds === true ? needed : []), component]) {
      const path = join(output, each.fileName);
      await downloadComponent(client, each, path);
      process.stdout.write(`${path}  ${each.version}  sha256 ${each.digest}\n`);
    }
  });
}

async function verifyComponents(names: readonly string[]): Promise<void> {
  await withComponents(async (client) => {
    const { components } = await client.listComponents({ query: {} });
    const wanted = await Promise.all(names.map((name) => findComponent(client, name)));
    for (const params of names.length > 0 ? wanted : components) {
      const { content, signature } = await client.verifyComponent({ params });
      const isGood = content === 'intact' && (signature === 'none' || signature === 'valid');
      if (!isGood) process.exitCode = 1;
      const signed = signature === 'none' ? 'not signed' : `signature ${signature}`;
      process.stdout.write(`${params.fileName} ${params.version}: ${content}, ${signed}\n`);
    }
  });
}

async function removeComponent(name: string): Promise<void> {
  await withComponents(async (client) => {
    const params = await findComponent(client, name, { isExact: true });
    await client.removeComponent({ params });
    process.stdout.write(`Removed ${params.fileName} ${params.version}.\n`);
  });
}

async function grantComponent(name: string, vmName: string): Promise<void> {
  await withComponents(async (client) => {
    const params = await findComponent(client, name);
    const order = await client.deliverComponent({ params, body: { vmName } });
    process.stdout.write(`${JSON.stringify(order, null, 2)}\n`);
  });
}

interface AddOptions {
  readonly name?: string;
  readonly description: string;
  readonly type?: ComponentType;
  readonly licence?: string;
  readonly needs?: readonly string[];
  readonly signature?: string;
}

async function addFile(file: string, version: string, options: AddOptions): Promise<void> {
  const { name = basename(file), needs, signature, ...said } = options;
  const statement = {
    ...said,
    fileName: name,
    version,
    ...(needs === undefined ? {} : { dependencies: needs.join(',') }),
    ...(signature === undefined ? {} : { signature: await readFile(signature, 'utf8') }),
  };
  await withComponents(async (client) => {
    const component = await uploadComponent(client, file, statement);
    process.stdout.write(formatComponents([component]));
  });
}

async function build(names: readonly string[], { output }: { readonly output?: string }): Promise<void> {
  const services = names.length > 0 ? names.map(findService) : buildableServices;
  if (output !== undefined) {
    const { buildComponents } = await import('../build-components.ts');
    for (const { path, version } of await buildComponents(output, services)) {
      process.stdout.write(`${path}  ${version}  sha256 ${await digestOfFile(path)}\n`);
    }
    return;
  }
  const { addBuiltComponents } = await import('../add-built-components.ts');
  await withComponents(async (client) => {
    for (const { component, isNew } of await addBuiltComponents(client, services)) {
      const { fileName, version, digest } = component;
      process.stdout.write(`${isNew ? 'added' : 'unchanged'}  ${fileName}  ${version}  sha256 ${digest}\n`);
    }
  });
}

function findService(name: string): BuildableService {
  const service = buildableServices.find((each) => each.name === name);
  if (service !== undefined) return service;
  const known = buildableServices.map((each) => each.name).join(', ');
  const message = `There is no service '${name}' to build; there are: ${known}.`;
  throw new PlatformError('not-found', message, { subject: name });
}

/** The newest version where none is given, unless it must be given. */
async function findComponent(
  client: ComponentClient,
  name: string,
  { isExact = false } = {},
): Promise<ComponentView> {
  const [fileName = '', version] = name.split('@', 2);
  const { components } = await client.listComponents({ query: { fileName } });
  const held = components.map((each) => each.version).join(', ') || 'none';
  if (isExact && version === undefined) {
    const message = `Say which version: ${fileName}@VERSION. The repository holds ${held}.`;
    throw new PlatformError('invalid-argument', message, { subject: name });
  }
  const found =
    version === undefined ? components.at(-1) : components.find((each) => each.version === version);
  if (found !== undefined) return found;
  const message = `There is no component ${name}; of that file the repository holds ${held}.`;
  throw new PlatformError('not-found', message, { subject: name });
}

async function withComponents(work: (client: ComponentClient) => Promise<void>): Promise<void> {
  await using platform = await connectPlatform();
  await work(platform.components);
}

function print(json: boolean | undefined, data: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(data)}\n` : text);
}
