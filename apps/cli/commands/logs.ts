import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { findPlanId } from '../find-infrastructure.ts';
import { followEvents } from '../follow-events.ts';
import { printEvent } from '../print-event.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('what the last plan did, line by line; follows it while it runs')
    .argument('<name>', 'the infrastructure')
    .argument('[part]', 'only steps whose name holds this, for example a VM’s name')
    .option('--json', 'for machines: one event a line')
    .action(async (name: string, part: string | undefined, { json }: { readonly json?: boolean }) => {
      await using platform = await connectPlatform();
      const client = platform.infrastructures;
      await followEvents(client, { plan: { id: await findPlanId(client, name) } }, (event) => {
        if (part !== undefined && !event.stepId.includes(part)) return;
        process.stdout.write(json === true ? `${JSON.stringify(event)}\n` : printEvent(event));
      });
    });
}
