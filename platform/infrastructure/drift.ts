import type { DiskName, NetworkName, VmName } from '@trencadis/ids';
import { type Hash, keptAddresses } from './configuration-key.ts';
import { type DecidedVm, decideChanges } from './decide-changes.ts';
import type {
  Condition,
  DesiredInfrastructure,
  DesiredVm,
  Infrastructure,
  ObservedInfrastructure,
  ObservedVm,
} from './model.ts';
import { configurationsToRun } from './decide-configurations.ts';
import { decideMounts } from './decide-mounts.ts';
import { isHeld } from './plan-scope.ts';
import { serviceDrift } from './services/service-drift.ts';
import { listed, partsDrift, partsOf, placeOfDrift, sizeOf } from './drift-of-parts.ts';

export const driftKinds = [
  'vm-gone',
  'vm-failed',
  'vm-unfinished',
  'vm-stopped',
  'vm-running',
  'vm-resized',
  'vm-disks',
  'vm-user-data',
  'vm-image',
  'vm-interfaces',
  'vm-zone',
  'vm-not-mounted',
  'vm-not-configured',
  'vm-unknown',
  'replica-not-joined',
  'replica-elsewhere',
  'replica-still-joined',
  'replica-not-measured',
  'balancer-not-set-up',
  'balancer-unknown',
  'group-not-set-up',
  'group-unknown',
  'network-gone',
  'network-ports',
  'network-unknown',
  'disk-gone',
  'disk-unknown',
] as const;
export type DriftKind = (typeof driftKinds)[number];

/** One thing that is not as the document says. */
export interface Drift {
  readonly kind: DriftKind;
  readonly subject: VmName | NetworkName | DiskName;
  /** Key of the VM manager. */
  readonly vmm: string;
  /** For people. */
  readonly expected: string;
  readonly observed: string;
  /** Whether the platform mends it by itself, as the document asks for (`repair = 'yes'`). */
  readonly isRepaired: boolean;
  /** The command that mends it now. */
  readonly remedy: string;
}

export interface DriftContext {
  readonly infrastructure: Pick<Infrastructure, 'name'>;
  /** Ids of the systems that the document has repaired. */
  readonly repairedSystems: ReadonlySet<string>;
  /** SHA-256 of a value's JSON. */
  readonly hash: Hash;
}

/**
 * Everything in which what is there differs from what is asked for. Pure; empty exactly when a plan would be, but for
 * replicas in service: they are brought up to date in their turn, and named here until then.
 */
export function deriveDrift(
  desired: DesiredInfrastructure,
  observed: ObservedInfrastructure,
  { infrastructure, repairedSystems, hash }: DriftContext,
): readonly Drift[] {
  const decided = decideChanges(desired, observed);
  const waiting = new Set(
    decided.filter((each) => isHeld(desired, observed, each)).map(({ vm }) => vm.spec.name),
  );
  const settled = decided.map((each): DecidedVm =>
    waiting.has(each.vm.spec.name) ? { ...each, change: 'none' } : each,
  );
  const repaired = desired.vms.filter(({ systemId }) => repairedSystems.has(systemId));
  const findings = [
    ...decided.flatMap((each) => findingsOf(each).map((finding) => onVm(each.vm, repairedSystems, finding))),
    ...notMounted(decided, { observed, hash }),
    ...notConfigured(desired, settled, { observed, hash }),
    ...partsDrift(desired, observed, { decided: settled, repaired }),
    ...serviceDrift(desired, observed, { decided, repaired }),
  ];
  return findings.map((finding) => remedied(finding, { desired, infrastructure, waiting }));
}

/** What is mended while a replica goes on serving, or shall serve no more. */
const inPlace: ReadonlySet<DriftKind> = new Set(['replica-not-measured', 'replica-still-joined']);

/** Replicas are kept by their service, whatever their system says. */
function remedied(
  finding: Finding,
  {
    desired: { services },
    infrastructure: { name },
    waiting,
  }: Pick<DriftContext, 'infrastructure'> & {
    readonly desired: DesiredInfrastructure;
    readonly waiting: ReadonlySet<string>;
  },
): Drift {
  const { subject, kind } = finding;
  const service = services.find(({ replicas }) => replicas.some((replica) => replica === subject));
  if (service === undefined) return { ...finding, remedy: `trencadis drift ${name} --repair` };
  const isTurn = waiting.has(subject) && !inPlace.has(kind);
  const remedy = isTurn
    ? `trencadis service roll ${service.spec.id} --infrastructure ${name}`
    : `trencadis drift ${name} --repair`;
  return { ...finding, isRepaired: true, remedy };
}

/**
 * The VMs that the platform brings back by itself: those of repaired systems that were lost or changed, and those of
 * repaired systems whose configuration builds on them. Empty: nothing to repair.
 */
export function vmsToRepair(
  desired: DesiredInfrastructure,
  drift: readonly Drift[],
  repairedSystems: ReadonlySet<string>,
): ReadonlySet<VmName> {
  const places = new Set(drift.filter(({ isRepaired }) => isRepaired).map(placeOfDrift));
  const repaired = desired.vms.filter(({ systemId }) => repairedSystems.has(systemId));
  const balancersOn = ({ spec }: DesiredVm) =>
    desired.balancers.filter(({ hosts }) => hosts.includes(spec.name)).map(({ name }) => name);
  const lost = repaired.filter((vm) =>
    [vm.spec.name, ...partsOf(vm), ...balancersOn(vm)].some((subject) =>
      places.has(placeOfDrift({ vmm: vm.vmm, subject })),
    ),
  );
  const names = new Set(lost.map(({ spec }) => spec.name));
  const followers = repaired.filter(
    ({ peers }) => names.size > 0 && (peers === 'all' || peers.some((peer) => names.has(peer))),
  );
  return new Set([...names, ...followers.map(({ spec }) => spec.name)]);
}

export type Finding = Omit<Drift, 'remedy'>;
type VmFinding = Pick<Drift, 'kind' | 'expected' | 'observed'>;

/** What a start may still bring about is waited for, not mended. */
const waitedFor: ReadonlySet<DriftKind> = new Set(['vm-unfinished']);

function onVm(
  { vmm, spec, systemId }: DesiredVm,
  repaired: ReadonlySet<string>,
  finding: VmFinding,
): Finding {
  const isRepaired = repaired.has(systemId) && !waitedFor.has(finding.kind);
  return { ...finding, subject: spec.name, vmm, isRepaired };
}

function findingsOf({ vm, observed, differences, change }: DecidedVm): readonly VmFinding[] {
  if (change === 'none') return [];
  if (observed === undefined) return [{ kind: 'vm-gone', expected: sizeOf(vm.spec), observed: 'no such VM' }];
  if (vm.isStopped) return [{ kind: 'vm-running', expected: 'stopped', observed: observed.status }];
  return [...powerFindings(observed), ...differences.map((each) => differenceFindings[each](vm, observed))];
}

function powerFindings({ status, failure }: ObservedVm): readonly VmFinding[] {
  if (status === 'running') return [];
  const kind = { failed: 'vm-failed', creating: 'vm-unfinished', stopped: 'vm-stopped' } as const;
  const words = failure === undefined ? status : `${status}: ${failure}`;
  return [{ kind: kind[status], expected: 'running', observed: words }];
}

const differenceFindings: Readonly<
  Record<DecidedVm['differences'][number], (vm: DesiredVm, observed: ObservedVm) => VmFinding>
> = {
  image: ({ spec }, { image }) => ({
    kind: 'vm-image',
    expected: `image ${shortDigest(spec.image)}`,
    observed: `image ${shortDigest(image)}`,
  }),
  interfaces: ({ spec }, { addresses }) => ({
    kind: 'vm-interfaces',
    expected: listed('networks', spec.interfaces, interfaceWords),
    observed: listed('networks', addresses, (each) => interfaceWords(asFarAsAsked(spec, addresses, each))),
  }),
  zone: ({ spec }, vm) => ({
    kind: 'vm-zone',
    expected: `in zone ${spec.zone}`,
    observed: `in zone ${vm.zone}`,
  }),
  size: ({ spec }, vm) => ({ kind: 'vm-resized', expected: sizeOf(spec), observed: sizeOf(vm) }),
  disks: ({ spec }, { disks }) => ({
    kind: 'vm-disks',
    expected: listed('disks', spec.disks, diskWords),
    observed: listed('disks', disks, diskWords),
  }),
  'user-data': () => ({
    kind: 'vm-user-data',
    expected: "created with the document's cloud-init recipes",
    observed: 'created with others',
  }),
};

function interfaceWords({ network, address }: DesiredVm['spec']['interfaces'][number]): string {
  return address === undefined ? network : `${network} ${address}`;
}

/** Its address matters where one was asked for. */
function asFarAsAsked(
  { interfaces }: DesiredVm['spec'],
  addresses: ObservedVm['addresses'],
  each: ObservedVm['addresses'][number],
): DesiredVm['spec']['interfaces'][number] {
  const isAsked = interfaces[addresses.indexOf(each)]?.address !== undefined;
  return isAsked ? each : { network: each.network };
}

function shortDigest({ digest }: ObservedVm['image']): string {
  return digest.slice(0, 12);
}

function diskWords({ disk, mountPath }: ObservedVm['disks'][number]): string {
  return `${disk} at ${mountPath}`;
}

/** Where the platform mounts disks itself, and they are those that there shall be. */
function notMounted(
  decided: readonly DecidedVm[],
  { observed, hash }: { readonly observed: ObservedInfrastructure; readonly hash: Hash },
): readonly Finding[] {
  const staying = decided.filter(({ change }) => change === 'none' || change === 'start');
  const runs = decideMounts(staying, { configured: observed.configured, hash });
  return [...runs.values()].map(({ vm: { vmm, spec } }): Finding => {
    const expected = listed('disks', spec.disks, diskWords);
    const is = 'not all are mounted, or others are';
    const at = { vmm, subject: spec.name };
    return { ...at, kind: 'vm-not-mounted', expected, observed: is, isRepaired: false };
  });
}

/** A VM that is made anew is configured with it: only those that stay are named. */
function notConfigured(
  desired: DesiredInfrastructure,
  decided: readonly DecidedVm[],
  { observed, hash }: { readonly observed: ObservedInfrastructure; readonly hash: Hash },
): readonly Finding[] {
  const addresses = keptAddresses(decided, hash);
  const isMadeAnew = new Set(
    decided.filter(({ change }) => change === 'create' || change === 'replace').map(({ vm }) => vm.spec.name),
  );
  const runs = configurationsToRun(desired, decided, { addresses, configured: observed.configured });
  return runs.flatMap(({ vm: { vmm, spec }, configurations: [first] }): readonly Finding[] => {
    if (first === undefined || isMadeAnew.has(spec.name)) return [];
    const expected = `configured with ${first.configurator} as the document and its peers are now`;
    const before = `not from step ${first.step} on`;
    return [
      { kind: 'vm-not-configured', subject: spec.name, vmm, expected, observed: before, isRepaired: false },
    ];
  });
}

const namedDrift = 5;

/** In one line of the status. Reasons are documented in docs/architecture.md. */
export function asDesired(drift: readonly Drift[]): Condition {
  if (drift.length === 0) return { type: 'AsDesired', status: 'true', reason: 'NothingDrifted' };
  const named = drift.slice(0, namedDrift).map(({ kind, subject }) => `${kind} ${subject}`);
  const others = drift.length > namedDrift ? [`and ${drift.length - namedDrift} more`] : [];
  return { type: 'AsDesired', status: 'false', reason: `Drifted: ${[...named, ...others].join(', ')}` };
}
