import { PlatformError } from '@trencadis/errors';
import type { Command } from 'commander';
import { addClouds, judgeClouds } from '../clouds/add-clouds.ts';
import { printChanges, printShown, printTest, rowOf } from '../clouds/print-cloud.ts';
import { type ImAuthFile, readImAuthFile } from '../clouds/read-im-auth-file.ts';
import { connectPlatform } from '../connect.ts';
import { printTable } from '../print-table.ts';
import { readCredentials } from '../read-secret.ts';

interface Json {
  readonly json?: true;
}

interface AddOptions extends Json {
  readonly file?: string;
  readonly imAuthFile?: string;
  readonly planOnly?: true;
  readonly product?: string;
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
  addTesting(cloud);
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
    .description('add clouds, or change them; stored credentials stay unless new ones are given')
    .argument('[name]', 'what `deploy X N NAME` will say')
    .option('-f, --file <clouds.yaml>', 'several, from a file: docs/accounts-and-clouds.md shows one')
    .option('--im-auth-file <path>', 'those of an auth file of the Infrastructure Manager')
    .option('--plan-only', 'check all and show what would change')
    .option('--product <name>', 'what manages it: libvirt, openstack, ec2, opennebula, simulated')
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
    .action(addAsked);
}

async function addAsked(name: string | undefined, options: AddOptions): Promise<void> {
  const { orders, left } = await ordersOf(name, options);
  await using platform = await connectPlatform();
  const act = options.planOnly === true ? judgeClouds : addClouds;
  const changes = await act(platform.clouds, orders);
  for (const line of left) process.stderr.write(`left out: ${line}\n`);
  write(options.json, { clouds: changes, left }, printChanges(changes));
}

async function ordersOf(name: string | undefined, options: AddOptions): Promise<ImAuthFile> {
  const { file, imAuthFile, product } = options;
  if ([name, file, imAuthFile].filter((each) => each !== undefined).length !== 1) {
    const message = 'Say which clouds: a NAME with --product, or --file FILE, or --im-auth-file FILE.';
    throw new PlatformError('invalid-argument', message);
  }
  if (imAuthFile !== undefined) return withScope(await readImAuthFile(imAuthFile), options);
  if (file !== undefined) {
    // Here, as reading YAML takes time that other commands need not wait.
    const { readCloudsFile } = await import('../clouds/read-clouds-file.ts');
    return { orders: await readCloudsFile(file), left: [] };
  }
  if (product === undefined) {
    throw new PlatformError('invalid-argument', `Say what manages cloud '${name}': --product NAME.`);
  }
  const credentials = await readCredentials(options.credentials);
  const body = { ...orderOf({ ...options, product }), ...(credentials === undefined ? {} : { credentials }) };
  return { orders: [{ name: name ?? '', body }], left: [] };
}

/** Its lines say nothing of who else may use them. */
function withScope({ orders, left }: ImAuthFile, { group, platform }: AddOptions): ImAuthFile {
  const more = {
    ...(group === undefined ? {} : { groups: [...group] }),
    ...(platform === true ? { scope: 'platform' as const } : {}),
  };
  return { orders: orders.map(({ name, body }) => ({ name, body: { ...body, ...more } })), left };
}

function orderOf({
  product,
  endpoint,
  group,
  platform,
  ...prices
}: AddOptions & { readonly product: string }) {
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
    .command('show')
    .description('one cloud, and what its VM manager is able to do')
    .argument('<name>')
    .option('--json', 'for machines')
    .action(async (name: string, { json }: Json) => {
      await using platform = await connectPlatform();
      const shown = await platform.clouds.showCloud({ params: { cloud: name } });
      write(json, shown, printShown(shown));
    });
}

function addTesting(cloud: Command): void {
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
      write(json, { checks, quota }, printTest(checks, quota));
      if (!holds) process.exitCode = 1;
    });
}

function write(json: true | undefined, answer: unknown, text: string): void {
  process.stdout.write(json === true ? `${JSON.stringify(answer)}\n` : text);
}
