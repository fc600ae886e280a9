import type { Command } from 'commander';
import { brandId } from '@trencadis/ids';
import { type Platform, connectPlatform } from '../connect.ts';
import { pickVm, pickVms, statusOf } from '../find-infrastructure.ts';
import { type ApplyOptions, planAndApply, withApplyOptions } from '../plan-and-apply.ts';
import { readText } from '../read-document.ts';
import { type ChangeRequest, requestChange } from '../request-change.ts';
import type { StatusView } from '@trencadis/infrastructure/client';

/** Changes of what is deployed: each is planned, shown, approved, applied and watched. */
export function addChangeCommands(program: Command): void {
  addAdding(program);
  addAltering(program);
  addPower(program);
  addReconfigure(program);
  addSnapshot(program);
}

function addAdding(program: Command): void {
  withApplyOptions(program.command('add'))
    .description('add VMs: what the document says is deployed beside what there is')
    .argument('<name>', 'the infrastructure')
    .argument('<file>', 'a RADL document with the systems and how many of each')
    .action((name: string, file: string, options: ApplyOptions) =>
      change(name, options, async () => ({ kind: 'add', radl: await readText(file) })),
    );
  withApplyOptions(program.command('rm'))
    .description('remove VMs')
    .argument('<name>', 'the infrastructure')
    .argument('<vm...>', 'by name, a part of it, or number')
    .action((name: string, vms: readonly string[], options: ApplyOptions) =>
      change(name, options, (status) => ({ kind: 'remove', vms: pickVms(status, vms) ?? [] })),
    );
}

interface AlterOptions extends ApplyOptions {
  readonly cpu?: string;
  readonly memory?: string;
  readonly disk?: readonly string[];
}

function addAltering(program: Command): void {
  withApplyOptions(program.command('alter'))
    .description('change the size or the disks of one VM')
    .argument('<name>', 'the infrastructure')
    .argument('<vm>', 'by name, a part of it, or number')
    .argument(
      '[file]',
      'a RADL document of one system that says what is new about it; instead of the options',
    )
    .option('--cpu <count>')
    .option('--memory <size>', 'such as 2Gi')
    .option('--disk <[index=]size:path...>', 'one more disk, or another size of that one: 10Gi:/data')
    .action((name: string, given: string, file: string | undefined, options: AlterOptions) =>
      change(name, options, async (status, platform) => {
        const vm = pickVm(status, given);
        const radl =
          file === undefined
            ? await alterationOf(platform, status, { systemId: vm.systemId, options })
            : await readText(file);
        return { kind: 'alter', vm: brandId('VmName', vm.name), radl };
      }),
    );
}

async function alterationOf(
  { infrastructures }: Platform,
  { infrastructure }: StatusView,
  { systemId, options }: { readonly systemId: string; readonly options: AlterOptions },
): Promise<string> {
  const { alterationRadl } = await import('../alteration-radl.ts');
  const params = { infrastructureId: brandId('InfrastructureId', infrastructure.id) };
  return alterationRadl(systemId, options, await infrastructures.getDocument({ params }));
}

function addPower(program: Command): void {
  const verbs = {
    start: 'switch VMs on again',
    stop: 'switch VMs off; their disks stay',
    reboot: 'restart VMs',
  } as const;
  for (const kind of ['start', 'stop', 'reboot'] as const) {
    withApplyOptions(program.command(kind))
      .description(verbs[kind])
      .argument('<name>', 'the infrastructure')
      .argument('[vm...]', 'by name, a part of it, or number; without: all')
      .action((name: string, vms: readonly string[], options: ApplyOptions) =>
        change(name, options, (status) => ({ kind, ...someVms(status, vms) })),
      );
  }
}

function addReconfigure(program: Command): void {
  withApplyOptions(program.command('reconfigure'))
    .description('configure VMs again')
    .argument('<name>', 'the infrastructure')
    .argument('[vm...]', 'by name, a part of it, or number; without: all')
    .option('--file <file>', 'a RADL document with recipes (configure ...) to use from now on')
    .action((name: string, vms: readonly string[], options: ApplyOptions & { readonly file?: string }) =>
      change(name, options, async (status) => {
        const recipes = options.file === undefined ? {} : { radl: await readText(options.file) };
        return { kind: 'reconfigure', ...someVms(status, vms), ...recipes };
      }),
    );
}

function addSnapshot(program: Command): void {
  withApplyOptions(program.command('snapshot'))
    .description('make an image of a VM and add it to the catalog')
    .argument('<name>', 'the infrastructure')
    .argument('<vm>', 'by name, a part of it, or number')
    .argument('<image>', 'name of the image')
    .action((name: string, vm: string, imageName: string, options: ApplyOptions) =>
      change(name, options, (status) => ({
        kind: 'snapshot',
        vm: brandId('VmName', pickVm(status, vm).name),
        imageName,
      })),
    );
}

function someVms(status: StatusView, given: readonly string[]) {
  const vms = pickVms(status, given);
  return vms === undefined ? {} : { vms };
}

type Request = (status: StatusView, platform: Platform) => ChangeRequest | Promise<ChangeRequest>;

async function change(name: string, options: ApplyOptions, request: Request): Promise<void> {
  await using platform = await connectPlatform();
  const status = await statusOf(platform.infrastructures, name);
  const body = await request(status, platform);
  const planned = await requestChange(platform.infrastructures, status.infrastructure, body);
  await planAndApply(platform, planned, options);
}
