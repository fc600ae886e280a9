import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { InfrastructureClient } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { confirm } from '../confirm.ts';
import { connectPlatform } from '../connect.ts';
import { printTable } from '../print-table.ts';

interface Json {
  readonly json?: boolean;
}

type DiskView = Awaited<ReturnType<InfrastructureClient['listDisks']>>['disks'][number];

/** Persistent disks: they outlive their infrastructures (paper 4.5). */
export function addDiskCommands(program: Command): void {
  const disk = program.command('disk').description('disks that outlive infrastructures');
  disk
    .command('list')
    .description('yours, whose infrastructures may be gone')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await using platform = await connectPlatform();
      const answer = await platform.infrastructures.listDisks({});
      process.stdout.write(
        json === true ? `${JSON.stringify(answer)}\n` : printTable(answer.disks.map(rowOf)),
      );
    });
  disk
    .command('rm')
    .description('delete one with all its data')
    .argument('<name>')
    .option('--yes', 'without asking')
    .action(removeDisk);
}

function rowOf({
  name,
  vmm,
  sizeGiB,
  infrastructureName,
  status,
  attachedTo,
  createdAt,
}: DiskView): string[] {
  const use = attachedTo === undefined ? status : `attached to ${attachedTo}`;
  return [name, vmm, `${sizeGiB} GiB`, `of ${infrastructureName}`, use, `since ${createdAt}`];
}

async function removeDisk(name: string, options: { readonly yes?: boolean }): Promise<void> {
  await using platform = await connectPlatform();
  const { disks } = await platform.infrastructures.listDisks({});
  const [found, ...others] = disks.filter(
    (each) => each.name === name || `${each.vmm}/${each.name}` === name,
  );
  if (found === undefined)
    throw new PlatformError(
      'not-found',
      `There is no disk '${name}'; 'trencadis disk list' lists those there are.`,
      {
        subject: name,
      },
    );
  if (others.length > 0)
    throw new PlatformError(
      'invalid-argument',
      `Several VM managers have a disk '${name}': write VMM/${name}.`,
      {
        subject: name,
      },
    );
  await confirm(
    `Delete disk ${found.name} at ${found.vmm} (${found.sizeGiB} GiB) with all its data?`,
    options,
  );
  const params = { vmm: found.vmm, diskName: brandId('DiskName', found.name) };
  await platform.infrastructures.removeDisk({ params });
  process.stdout.write(`Deleted disk ${found.name}.\n`);
}
