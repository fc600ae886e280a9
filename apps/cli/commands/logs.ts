import type { Command } from 'commander';
import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { EventView } from '@trencadis/infrastructure/client';
import { connectPlatform } from '../connect.ts';
import { getInfrastructure } from '../find-infrastructure.ts';
import { followEvents } from '../follow-steps.ts';

export function addLogsCommand(program: Command): void {
  program
    .command('logs')
    .description('what the last plan did, line by line; follows it while it runs')
    .argument('<name>', 'the infrastructure')
    .argument('[part]', 'only steps whose name holds this, for example a VM’s name')
    .option('--json', 'for machines: one event a line')
    .action(async (name: string, part: string | undefined, { json }: { readonly json?: boolean }) => {
      await using platform = await connectPlatform();
      const { activePlanId } = await getInfrastructure(platform.infrastructures, name);
      if (activePlanId === undefined)
        throw new PlatformError('not-found', `No plan of '${name}' was applied yet.`, { subject: name });
      const print = json === true ? (event: EventView) => `${JSON.stringify(event)}\n` : printEvent;
      await followEvents(platform.infrastructures, { id: brandId('PlanId', activePlanId) }, (event) => {
        if (part === undefined || event.stepId.includes(part)) process.stdout.write(print(event));
      });
    });
}

function printEvent({ at, stepId, kind, text }: EventView): string {
  return `${at} ${stepId} ${kind === 'progress' ? '' : `[${kind}] `}${text ?? ''}\n`;
}
