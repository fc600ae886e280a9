import { systemClock } from '@trencadis/clock';
import { type InfrastructureId, brandId } from '@trencadis/ids';
import type { InfrastructureClient, StatusView } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { getInfrastructure } from '../find-infrastructure.ts';
import { printList, printStatus } from '../print-status.ts';
import { redraw } from '../redraw.ts';

interface Options {
  readonly json?: boolean;
  readonly watch?: boolean;
}

const watchMs = 1_000;

export function addStatusCommand(program: Command): void {
  program
    .command('status')
    .description('what is deployed: one infrastructure as observed now, all as their last plans left them')
    .argument('[name]', 'one infrastructure; without it, a list of all')
    .option('--watch', 'again each second, until Ctrl-C')
    .option('--json', 'for machines; with --watch, one value for each change')
    .action(async (name: string | undefined, options: Options) => {
      await using platform = await connectPlatform();
      const client = platform.infrastructures;
      const look = name === undefined ? lookAtAll(client) : await lookAtOne(client, name);
      if (options.watch === true) await watch(look, options);
      else write(await look(), options);
    });
}

/** What is seen: the very same text each time until something changes. */
interface Seen {
  readonly text: string;
  readonly json: string;
}

type Look = () => Promise<Seen>;

/** Asks what is true now the first time; later what was observed within the last second. */
async function lookAtOne(client: InfrastructureClient, name: string): Promise<Look> {
  const { id } = await getInfrastructure(client, name);
  const know = knownStatus(client, brandId('InfrastructureId', id));
  return async () => {
    const status = await know();
    return { text: printStatus(status), json: JSON.stringify(status) };
  };
}

/** As their last plans left them: no VM manager is asked, so one that is silent holds up no list. */
function lookAtAll(client: InfrastructureClient): Look {
  return async () => {
    const { infrastructures } = await client.list({});
    return { text: printList(infrastructures), json: JSON.stringify({ infrastructures }) };
  };
}

function knownStatus(
  client: InfrastructureClient,
  infrastructureId: InfrastructureId,
): () => Promise<StatusView> {
  let known: StatusView | undefined;
  return async () => {
    const query = known === undefined ? { fresh: 'true' } : {};
    known = await client.status({ params: { infrastructureId }, query }, { known });
    return known;
  };
}

function write({ text, json }: Seen, options: Options): void {
  process.stdout.write(options.json === true ? `${json}\n` : text);
}

async function watch(look: Look, options: Options): Promise<never> {
  let last: string | undefined;
  for (;;) {
    const seen = await look();
    if (seen.json !== last) {
      if (options.json === true || !process.stdout.isTTY) write(seen, options);
      else redraw(seen.text, process.stdout);
    }
    last = seen.json;
    await systemClock.sleep(watchMs);
  }
}
