import { readFile } from 'node:fs/promises';
import type { ImageFormat } from '@trencadis/images';
import { type Command, Option } from 'commander';
import {
  type CloudImportOptions,
  cloudImportOrder,
  importOrder,
  printImport,
} from '../clouds/import-images.ts';
import { connectPlatform } from '../connect.ts';
import { printImage, printImageLine, printMatch, printNearMiss } from '../print-image.ts';
import { requireRoot } from '../require-root.ts';

interface Json {
  readonly json?: true;
}

interface SearchOptions extends Json {
  readonly file?: string;
  readonly dialect: 'vmrc' | 'vmrc-strict' | 'radl';
  readonly channel?: string;
  readonly limit: string;
  readonly score: 'weights' | 'im';
}

export function addImageCommands(program: Command): void {
  const image = program.command('image').description('machine images');
  addBuild(image);
  addReading(image);
  addSearch(image);
  addChanging(image);
  addImport(image);
  addRemoving(image);
}

function addBuild(image: Command): void {
  image
    .command('build')
    .description('build images from their recipes, and take them up; built ones are kept by content')
    .argument('[id...]', 'which; without it, all that have a recipe')
    .addOption(
      new Option('--format <name>', 'rootfs for local machines, qcow2 to boot by itself anywhere else')
        .choices(['rootfs', 'qcow2'])
        .default('rootfs'),
    )
    .option('--json', 'for machines')
    .action(async (ids: readonly string[], { format, json }: Json & { readonly format: ImageFormat }) => {
      await requireRoot();
      const { buildImages, buildableImages } = await import('../build-images.ts');
      const terminal = json === true ? process.stderr : process.stdout;
      const images = await buildImages(ids.length > 0 ? ids : await buildableImages(), { format, terminal });
      await using platform = await connectPlatform();
      await platform.images.importImages({ body: {} });
      write(json, { images }, '');
    });
}

function addReading(image: Command): void {
  image
    .command('list')
    .description('the images of the catalog')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await using platform = await connectPlatform();
      const all = [];
      for (let after: string | undefined; ;) {
        const query = { limit: 1000, ...(after === undefined ? {} : { after }) };
        const { images } = await platform.images.listImages({ query });
        all.push(...images);
        if (images.length < query.limit) break;
        after = images.at(-1)?.image.id;
      }
      write(json, { images: all }, all.map(printImageLine).join(''));
    });
  image
    .command('show')
    .description('one image with its versions')
    .argument('<id>')
    .option('--json', 'for machines')
    .action(async (imageId: string, { json }: Json) => {
      await using platform = await connectPlatform();
      const found = await platform.images.showImage({ params: { imageId } });
      write(json, found, printImage(found));
    });
}

function addSearch(image: Command): void {
  const commands = [
    image.command('search').description('the images that meet all hard requirements, best first'),
    image.command('explain').description('as search, with every verdict; the nearest when none matches'),
  ];
  for (const command of commands) {
    command
      .argument('[statement...]', 'of the query, one a line: "disk.os.flavour = Debian" "soft 10 ..."')
      .option('--file <path>', 'read the query from a file')
      .option('--dialect <name>', 'of the query: vmrc, vmrc-strict or radl', 'vmrc')
      .option('--channel <name>', 'choose versions through this channel')
      .option(
        '--score <name>',
        'what ranks first: weights, or im as the Infrastructure Manager does',
        'weights',
      )
      .option('--limit <number>', 'at most so many', '10')
      .option('--json', 'for machines')
      .action((statements: readonly string[], options: SearchOptions) =>
        search(statements, options, command.name() === 'explain'),
      );
  }
}

async function search(
  statements: readonly string[],
  { file, dialect, channel, limit, score, json }: SearchOptions,
  isDetailed: boolean,
): Promise<void> {
  const query = file === undefined ? statements.join('\n') : await readFile(file, 'utf8');
  const inChannel = channel === undefined ? {} : { channel };
  await using platform = await connectPlatform();
  const found = await platform.images.searchImages({
    body: { query, dialect, score, limit: Number(limit), ...inChannel },
  });
  const lines = found.matches.map((match) => printMatch(match, isDetailed));
  const nearest = isDetailed ? found.nearMisses.map(printNearMiss) : [];
  const explanation = found.explanation === undefined ? [] : [`${found.explanation}\n`];
  write(json, found, [...lines, ...explanation, ...nearest].join(''));
  if (found.matches.length === 0) process.exitCode = 1;
}

function addChanging(image: Command): void {
  image
    .command('add')
    .description(
      'add a version to an image, which is made when it is new; upload its files; resumes what was cut off',
    )
    .argument('<entry>', 'a vmi.json: what the image is and has; images/postgresql/vmi.json shows how')
    .option('--artifact <vmm=path...>', 'file that a VM manager boots, such as libvirt=disk.qcow2', [])
    .option('--json', 'for machines')
    .action(async (entry: string, { artifact, json }: Json & { readonly artifact: readonly string[] }) => {
      await using platform = await connectPlatform();
      const { addImage } = await import('../add-image.ts');
      const version = await addImage(platform.images, entry, artifact);
      write(json, version, `${version.imageId} version ${version.number} is ${version.state}\n`);
    });
}

interface ImportOptions extends Json, CloudImportOptions {
  readonly cloud?: string;
}

function addImport(image: Command): void {
  image
    .command('import')
    .description('take up images: those built on this host, those of a cloud, or from a source')
    .argument('[importer]', 'simplestreams, ovf, ...')
    .argument('[source]', 'directory, file or URL')
    .option('--cloud <name>', 'what that cloud offers to be booted, for deploying there')
    .option('--pattern <text>', "of a cloud's images: name or id, * for any text")
    .option('--os <system>', "of a cloud's images that say none: 'linux Debian 12'")
    .option('--platform', 'for everybody, as an administrator')
    .option('--json', 'for machines')
    .action(async (importer: string | undefined, source: string | undefined, options: ImportOptions) => {
      const { cloud, json } = options;
      const from =
        cloud === undefined ? importOrder(importer, source, options) : cloudImportOrder(cloud, options);
      await using platform = await connectPlatform();
      const taken = await platform.images.importImages({ body: from });
      write(json, taken, printImport(taken));
    });
}

function addRemoving(image: Command): void {
  image
    .command('rm')
    .description('remove an image, or one version of it')
    .argument('<id>')
    .option('--version <number>', 'only this version')
    .action(async (imageId: string, { version }: { readonly version?: string }) => {
      await using platform = await connectPlatform();
      if (version === undefined) {
        await platform.images.deleteImage({ params: { imageId } });
        return;
      }
      const params = { imageId, number: Number(version) };
      await platform.images.changeImageState({ params, body: { state: 'deleted' } });
    });
  image
    .command('channel')
    .description('point a channel to a version; without a version, take the channel away')
    .argument('<id>')
    .argument('<channel>', 'stable, test, ...')
    .argument('[version]')
    .action(async (imageId: string, channel: string, version: string | undefined) => {
      await using platform = await connectPlatform();
      const body = { version: version === undefined ? null : Number(version) };
      await platform.images.setImageChannel({ params: { imageId, channel }, body });
    });
}

function write(json: true | undefined, answer: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : text);
}
