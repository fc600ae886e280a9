import { PlatformError } from '@trencadis/errors';
import type { CloudView } from '@trencadis/vmm-sites/client';
import type { Command } from 'commander';
import { connectPlatform } from '../connect.ts';
import { printTable } from '../print-table.ts';
import { readCredentials } from '../read-secret.ts';

interface Json {
  readonly json?: true;
}

interface AddOptions extends Json {
  readonly product: string;
  readonly endpoint?: string;
  readonly credentials?: string;
  readonly group?: readonly string[];
  readonly currency?: string;
  readonly perVmHour?: string;
  readonly perCpuHour?: string;
  readonly perGibHour?: string;
  readonly platform?: true;
}

export function addCloudCommands(program: Command): void {
  const cloud = program.command('cloud').description('the VM managers on which you may deploy');
  addAdding(cloud);
  addReading(cloud);
  cloud
    .command('rm')
    .description('forget a cloud that no infrastructure uses, with its credentials')
    .argument('<name>')
    .action(async (name: string) => {
      await using platform = await connectPlatform();
      await platform.clouds.removeCloud({ params: { cloud: name } });
    });
}

function addAdding(cloud: Command): void {
  cloud
    .command('add')
    .description('add a cloud, or change one; stored credentials stay unless new ones are given')
    .argument('<name>', 'what `deploy X N NAME` will say')
    .requiredOption('--product <name>', 'what manages it: simulated, ...')
    .option('--endpoint <url>', 'where it answers')
    .option(
      '--credentials <place>',
      'a JSON object: @file, or - for standard input; by default TRENCADIS_CLOUD_CREDENTIALS',
    )
    .option('--group <name...>', 'who else may use it')
    .option('--currency <code>', 'of its prices, such as EUR')
    .option('--per-vm-hour <price>')
    .option('--per-cpu-hour <price>')
    .option('--per-gib-hour <price>', 'of memory')
    .option('--platform', 'for everybody, or those groups; as an administrator')
    .option('--json', 'for machines')
    .action(async (name: string, options: AddOptions) => {
      const credentials = await readCredentials(options.credentials);
      await using platform = await connectPlatform();
      const body = { ...orderOf(options), ...(credentials === undefined ? {} : { credentials }) };
      const added = await platform.clouds.putCloud({ params: { name }, body });
      write(options.json, added, printTable([rowOf(added)]));
    });
}

function orderOf({ product, endpoint, group, platform, ...prices }: AddOptions) {
  const scope = platform === true ? ('platform' as const) : ('own' as const);
  return {
    product,
    scope,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(group === undefined ? {} : { groups: [...group] }),
    ...priceOf(prices),
  };
}

type Prices = Pick<AddOptions, 'currency' | 'perVmHour' | 'perCpuHour' | 'perGibHour'>;

function priceOf({ currency, perVmHour, perCpuHour, perGibHour }: Prices) {
  const rates = {
    ...(perVmHour === undefined ? {} : { perVmHour: Number(perVmHour) }),
    ...(perCpuHour === undefined ? {} : { perCpuHour: Number(perCpuHour) }),
    ...(perGibHour === undefined ? {} : { perGiBHour: Number(perGibHour) }),
  };
  if (currency !== undefined) return { price: { currency, ...rates } };
  if (Object.keys(rates).length === 0) return {};
  throw new PlatformError('invalid-argument', 'A price needs its --currency, such as EUR.');
}

function addReading(cloud: Command): void {
  cloud
    .command('list')
    .description('those that you may use, in the order in which they are preferred')
    .option('--json', 'for machines')
    .action(async ({ json }: Json) => {
      await using platform = await connectPlatform();
      const answer = await platform.clouds.listClouds({});
      write(json, answer, printTable(answer.clouds.map(rowOf)));
    });
  cloud
    .command('test')
    .description('ask a cloud whether it answers, what its credentials allow and what it grants')
    .argument('<name>')
    .option('--json', 'for machines')
    .action(async (name: string, { json }: Json) => {
      await using platform = await connectPlatform();
      const params = { cloud: name };
      const { checks } = await platform.clouds.testCloud({ params });
      const holds = checks.every((check) => check.holds);
      const quota = holds ? await platform.clouds.cloudQuota({ params }) : {};
      const rows = checks.map((check) => [check.holds ? 'ok' : 'no', check.right, check.because]);
      const grants = Object.entries(quota).map(([unit, { used, limit }]) => [unit, `${used} of ${limit}`]);
      write(json, { checks, quota }, printTable(rows) + printTable(grants));
      if (!holds) process.exitCode = 1;
    });
}

function rowOf({ key, product, endpoint = '', groups = [], price }: CloudView): readonly string[] {
  const { currency = '', ...rates } = price ?? {};
  const prices = Object.entries(rates).map(([unit, rate]) => `${unit}=${rate}`);
  return [key, product, endpoint, groups.join(','), [...prices, currency].join(' ').trim()];
}

function write(json: true | undefined, answer: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : text);
}
