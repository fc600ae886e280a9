import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { buildImages, buildableImages } from '../build-images.ts';
import { requireRoot } from '../require-root.ts';

export function addImageCommands(program: Command): void {
  const image = program.command('image').description('machine images');
  image
    .command('build')
    .description('build images for the local VM manager from their recipes; built ones are kept by content')
    .argument('[id...]', 'which; without it, all that have a recipe')
    .action(async (ids: readonly string[]) => {
      await requireRoot();
      await buildImages(ids.length > 0 ? ids : await buildableImages());
      await using platform = await connectPlatform();
      await platform.images.importImages({});
    });
  image
    .command('list')
    .description('the images of the catalog')
    .option('--json', 'for machines')
    .action(async ({ json }: { readonly json?: boolean }) => {
      await using platform = await connectPlatform();
      const { images } = await platform.images.listImages({});
      const lines = images.map(
        ({ id, name, vmms }) =>
          `${id}  "${name}"  ${vmms.length > 0 ? `boots on ${vmms.join(', ')}` : 'catalogued, not built'}\n`,
      );
      process.stdout.write(json === true ? `${JSON.stringify({ images })}\n` : lines.join(''));
    });
}
