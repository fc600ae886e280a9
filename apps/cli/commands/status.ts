import { brandId } from '@trencadis/ids';
import type { InfrastructureClient, StatusView } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { statusOf } from '../find-infrastructure.ts';
import { printList, printStatus } from '../print-status.ts';

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what is deployed, as observed now')
    .argument('[name]', 'one infrastructure; without it, a list of all')
    .option('--json', 'for machines')
    .action(async (name: string | undefined, { json }: { readonly json?: boolean }) => {
      await using platform = await connectPlatform();
      const client = platform.infrastructures;
      if (name === undefined) {
        const infrastructures = await allStatuses(client);
        process.stdout.write(
          json === true ? `${JSON.stringify({ infrastructures })}\n` : printList(infrastructures),
        );
        return;
      }
      const status = await statusOf(client, name);
      process.stdout.write(json === true ? `${JSON.stringify(status)}\n` : printStatus(status));
    });
}

async function allStatuses(client: InfrastructureClient): Promise<readonly StatusView[]> {
  const { infrastructures } = await client.list({});
  const ids = infrastructures.map(({ id }) => brandId('InfrastructureId', id));
  return Promise.all(ids.map((infrastructureId) => client.status({ params: { infrastructureId } })));
}
