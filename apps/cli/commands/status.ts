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
        const list = await client.list({});
        process.stdout.write(json === true ? `${JSON.stringify(list)}\n` : printList(list.infrastructures));
        return;
      }
      const status = await statusOf(client, name);
      process.stdout.write(json === true ? `${JSON.stringify(status)}\n` : printStatus(status));
    });
}
