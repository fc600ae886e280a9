import { systemClock } from '@trencadis/clock';
import { brandId } from '@trencadis/ids';
import { type Command, Argument } from 'commander';
import type { InfrastructureClient, InfrastructureView } from '@trencadis/infrastructure/client';
import { connectPlatform } from '../connect.ts';
import { getInfrastructure } from '../find-infrastructure.ts';
import { parseLease } from '../parse-lease.ts';
import { printTerms } from '../print-status.ts';

interface Json {
  readonly json?: boolean;
}

/** Who may use an infrastructure, and until when it lives. */
export function addTermsCommands(program: Command): void {
  program
    .command('share')
    .description('let a group see or change an infrastructure, or no longer')
    .argument('<name>', 'the infrastructure')
    .argument('<group>')
    .addArgument(new Argument('<right>').choices(['read', 'change', 'none']))
    .option('--json', 'for machines')
    .action(share);
  program
    .command('lease')
    .description('say when an infrastructure is destroyed by itself')
    .argument('<name>', 'the infrastructure')
    .argument('<until>', '7d, 12h, a date and time (ISO 8601), or none')
    .option('--json', 'for machines')
    .action(lease);
}

async function share(
  name: string,
  group: string,
  right: 'read' | 'change' | 'none',
  json: Json,
): Promise<void> {
  await changeTerms(name, json, ({ shares }) => {
    const others = shares.filter((each) => each.group !== group);
    return { shares: right === 'none' ? others : [...others, { group, right }] };
  });
}

async function lease(name: string, until: string, json: Json): Promise<void> {
  const ends = parseLease(until, systemClock.now());
  await changeTerms(name, json, () => ({ expiresAt: ends === undefined ? null : ends.toISOString() }));
}

type Terms = Parameters<InfrastructureClient['changeTerms']>[0]['body'];

async function changeTerms(
  name: string,
  { json }: Json,
  terms: (infrastructure: InfrastructureView) => Terms,
): Promise<void> {
  await using platform = await connectPlatform();
  const client = platform.infrastructures;
  const infrastructure = await getInfrastructure(client, name);
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  const changed = await client.changeTerms({ params, body: terms(infrastructure) });
  process.stdout.write(
    json === true ? `${JSON.stringify(changed)}\n` : `${printTerms(changed).join('\n')}\n`,
  );
}
