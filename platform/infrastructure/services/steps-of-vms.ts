import type { VmName } from '@trencadis/ids';
import type { PlannedStep } from '@trencadis/saga';

/** What takes a running VM's service away for a while, or for good. */
const interruptions: ReadonlySet<string> = new Set([
  'delete-vm@1',
  'update-vm@1',
  'stop-vm@1',
  'reboot-vm@1',
  'configure-vm@2',
  'mount-disks@1',
]);

const endings: ReadonlySet<string> = new Set(['delete-vm@1', 'stop-vm@1']);

/** The steps of a plan by the VMs that they are about, to put others before and behind. */
export class StepsOfVms {
  readonly #steps: readonly PlannedStep[];
  readonly #byVm: ReadonlyMap<string, readonly PlannedStep[]>;
  /** By step id. */
  readonly #further = new Map<string, string[]>();

  constructor(steps: readonly PlannedStep[]) {
    this.#steps = steps;
    this.#byVm = Map.groupBy(
      steps.filter((step) => vmOf(step) !== undefined),
      (step) => vmOf(step) ?? '',
    );
  }

  /** In their order, with what was put before them. */
  all(): PlannedStep[] {
    return this.#steps.map((step) => {
      const further = this.#further.get(step.id);
      return further === undefined ? step : { ...step, after: [...new Set([...step.after, ...further])] };
    });
  }

  /** Ids of what brings the VM about. */
  ofVm(name: VmName): readonly string[] {
    return this.#of(name).map(({ id }) => id);
  }

  /** Ids of what makes those networks. */
  ofNetworks(names: readonly string[], vmm?: string): readonly string[] {
    const wanted = new Set(names);
    const isOne = ({ kind, id }: PlannedStep) => {
      const at = id.indexOf('@');
      const isThere = vmm === undefined || id.slice(at + 1) === vmm;
      return kind === 'create-network@1' && isThere && wanted.has(id.slice(id.indexOf(':') + 1, at));
    };
    return this.#steps.filter(isOne).map(({ id }) => id);
  }

  isMade(name: VmName): boolean {
    return this.#of(name).some(({ kind }) => kind === 'create-vm@1');
  }

  isInterrupted(name: VmName): boolean {
    return this.#of(name).some(({ kind }) => interruptions.has(kind));
  }

  /** VMs that are deleted or stopped. */
  ending(): readonly VmName[] {
    const names = this.#steps.flatMap((step) => (endings.has(step.kind) ? (vmOf(step) ?? []) : []));
    return [...new Set(names)];
  }

  ofDeletion(name: VmName): readonly string[] {
    return this.#of(name)
      .filter(({ kind }) => kind === 'delete-vm@1')
      .map(({ id }) => id);
  }

  /** What interrupts it waits for these. */
  delay(name: VmName, ids: readonly string[]): void {
    if (ids.length === 0) return;
    for (const step of this.#of(name)) if (interruptions.has(step.kind)) this.#add(step, ids);
  }

  /** Those of these VMs that are made wait for these. */
  makeAfter(names: readonly VmName[], ids: readonly string[]): void {
    for (const step of names.flatMap((name) => this.#of(name)))
      if (step.kind === 'create-vm@1') this.#add(step, ids);
  }

  removeNetworksAfter(ids: readonly string[]): void {
    for (const step of this.#steps) if (step.kind === 'delete-network@1') this.#add(step, ids);
  }

  #of(name: VmName): readonly PlannedStep[] {
    return this.#byVm.get(name) ?? [];
  }

  #add({ id }: PlannedStep, ids: readonly string[]): void {
    this.#further.set(id, [...(this.#further.get(id) ?? []), ...ids]);
  }
}

const vmKinds = /^(create|delete|update|start|stop|reboot|configure)-vm@|^await-shell@|^mount-disks@/;

function vmOf({ kind, args }: PlannedStep): VmName | undefined {
  if (!vmKinds.test(kind) || typeof args !== 'object' || args === null) return undefined;
  const named = 'spec' in args ? args.spec : args;
  if (typeof named !== 'object' || named === null || !('name' in named)) return undefined;
  return named.name as VmName;
}
