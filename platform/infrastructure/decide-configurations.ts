import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';
import { type PeerAddresses, stageOf } from './configuration-key.ts';
import type { DecidedVm } from './decide-changes.ts';
import type { ConfiguredKeys, DesiredConfiguration, DesiredInfrastructure, DesiredVm } from './model.ts';
import { barrierStep, configureVmStep } from './planned-steps.ts';

/** A VM and the steps of its contextualization that are to be done, in their order. */
export interface ConfigurationRun {
  readonly vm: DesiredVm;
  readonly configurations: readonly DesiredConfiguration[];
}

/** From the first step on that was done with something else, or never: what comes after may build on it. */
export function configurationsToRun(
  desired: Pick<DesiredInfrastructure, 'vms'>,
  decided: readonly DecidedVm[],
  known: { readonly addresses: PeerAddresses; readonly configured: ConfiguredKeys },
): ConfigurationRun[] {
  const isNew = new Set(
    decided.filter(({ change }) => change === 'create' || change === 'replace').map(({ vm }) => vm.spec.name),
  );
  return desired.vms.flatMap((vm) => {
    if (vm.isStopped) return [];
    const { name } = vm.spec;
    const done = isNew.has(name) ? {} : (known.configured[name] ?? {});
    const first = vm.configurations.findIndex(
      (each) => done[stageOf(each)] !== known.addresses.keyOf({ name, peers: vm.peers }, each),
    );
    return first === -1 ? [] : [{ vm, configurations: vm.configurations.slice(first) }];
  });
}

/** A step of contextualization waits for the one before it on all VMs; the first for what its VM builds on. */
export function configureSteps(
  desired: DesiredInfrastructure,
  runs: readonly ConfigurationRun[],
  boots: readonly PlannedStep[],
): PlannedStep[] {
  const shells = new Shells(desired, boots);
  const together = runs.some(({ vm }) => vm.peers === 'all') ? shells.together : [];
  const all = runs.flatMap(({ configurations }) => configurations.map(({ step }) => step));
  const stages = [...new Set(all)].toSorted((one, other) => one - other);
  const done = new Map<DesiredVm, readonly string[]>();
  let before: readonly string[] = [];
  const staged = stages.flatMap((stage, index) => {
    const steps = runs.flatMap((run) => {
      const own = done.get(run.vm) ?? [];
      const after = [...shells.neededBy(run.vm), ...before, ...own];
      const made = stepsOfRun(desired, run, { stage, after });
      done.set(run.vm, [...own, ...made.map(({ id }) => id)]);
      return made;
    });
    if (index === stages.length - 1) return steps;
    const ids = steps.map(({ id }) => id);
    const barrier = barrierStep(`step-${stage}`, `wait for step ${stage} on all VMs`, ids);
    before = [barrier.id];
    return [...steps, barrier];
  });
  return [...together, ...staged];
}

/** Two configurators in one step take turns. */
function stepsOfRun(
  desired: DesiredInfrastructure,
  { vm, configurations }: ConfigurationRun,
  { stage, after }: { readonly stage: number; readonly after: readonly string[] },
): PlannedStep[] {
  const hasSteps = vm.configurations.length > 1;
  const steps: PlannedStep[] = [];
  for (const configuration of configurations.filter(({ step }) => step === stage)) {
    const turn = steps.slice(-1).map(({ id }) => id);
    steps.push(configureVmStep(desired, vm, { configuration, hasSteps, after: [...after, ...turn] }));
  }
  return steps;
}

/** The steps after which VMs answer and have their disks. */
class Shells {
  /** One step for what would be a step for each two VMs. */
  readonly together: readonly PlannedStep[];
  /** By name of the VM. */
  readonly #byName: ReadonlyMap<VmName, string>;

  constructor({ vms }: Pick<DesiredInfrastructure, 'vms'>, boots: readonly PlannedStep[]) {
    const there = new Set(boots.map(({ id }) => id));
    const named = vms.flatMap(({ vmm, spec: { name } }) => {
      const place = `${name}@${vmm}`;
      const ready = [`mount-disks:${place}`, `await-shell:${place}`].find((id) => there.has(id));
      return ready === undefined ? [] : [[name, ready] as const];
    });
    this.#byName = new Map(named);
    const ids = [...this.#byName.values()];
    this.together = ids.length > 0 ? [barrierStep('all-up', 'wait until all VMs answer', ids)] : [];
  }

  neededBy({ peers, spec: { name } }: DesiredVm): readonly string[] {
    if (peers === 'all') return [...this.#of([name]), ...this.together.map(({ id }) => id)];
    return this.#of([name, ...peers]);
  }

  #of(names: readonly VmName[]): readonly string[] {
    return [...new Set(names)].flatMap((each) => this.#byName.get(each) ?? []);
  }
}
