import { PlatformError } from '@trencadis/errors';
import { brandId } from '@trencadis/ids';
import type { InfrastructureView } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { type Platform, connectPlatform } from '../connect.ts';
import { exitCodes } from '../exit-codes.ts';
import { getInfrastructure } from '../find-infrastructure.ts';
import { type ApplyOptions, planAndApply } from '../plan-and-apply.ts';
import { type InfrastructureDrift, printDrift } from '../print-drift.ts';
import { requestChange } from '../request-change.ts';

interface DriftOptions extends Pick<ApplyOptions, 'yes' | 'json'> {
  readonly repair?: boolean;
}

export function addDriftCommand(program: Command): void {
  program
    .command('drift')
    .description('what is there and not as the document says; ends with 2 when there is some')
    .argument('[name]', 'one infrastructure; without it, all')
    .option('--repair', 'bring everything back to what the document says')
    .option('--yes', 'with --repair: without asking')
    .option('--json', 'for machines')
    .action(async (name: string | undefined, options: DriftOptions) => {
      await using platform = await connectPlatform();
      if (options.repair === true) await repair(platform, name, options);
      else await show(platform, name, options.json === true);
    });
}

async function repair(
  platform: Platform,
  name: string | undefined,
  { yes = false, json = false }: DriftOptions,
): Promise<void> {
  if (name === undefined)
    throw new PlatformError(
      'invalid-argument',
      'Name the infrastructure to repair: trencadis drift NAME --repair.',
    );
  const client = platform.infrastructures;
  const infrastructure = await getInfrastructure(client, name);
  const planned = await requestChange(client, infrastructure, { kind: 'repair' });
  await planAndApply(platform, planned, { yes, json });
}

async function show(platform: Platform, name: string | undefined, isJson: boolean): Promise<void> {
  const client = platform.infrastructures;
  const chosen =
    name === undefined ? (await client.list({})).infrastructures : [await getInfrastructure(client, name)];
  if (chosen.length === 0 && !isJson) process.stdout.write('No infrastructure is deployed.\n');
  let hasDrift = false;
  // One after the other: each observes all of its VM managers.
  for (const infrastructure of chosen) {
    const report = await driftOf(platform, infrastructure);
    hasDrift ||= report.drift.length > 0;
    process.stdout.write(isJson ? `${JSON.stringify(report)}\n` : printDrift(report));
  }
  if (hasDrift) process.exitCode = exitCodes.usage;
}

async function driftOf(
  { infrastructures: client }: Platform,
  infrastructure: InfrastructureView,
): Promise<InfrastructureDrift> {
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  return { infrastructure, ...(await client.drift({ params })) };
}
