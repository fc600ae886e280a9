import { readServices } from '@trencadis/availability';
import { PlatformError } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { RadlDocument } from '@trencadis/radl';
import type { ChangeRequest } from './change-request.ts';
import {
  addToDocument,
  alteredSystem,
  editDocument,
  parseFragment,
  removeFromDocument,
  replaceConfigures,
} from './edit-document.ts';
import type { Alteration, Impulse, Infrastructure, Member, Target } from './model.ts';
import { askedSize, diskRequirementsOf } from './requirements.ts';
import { vmName } from './resource-names.ts';
import { targetOf } from './target-of.ts';

/** What a request makes of an infrastructure's target, and what it does once. */
export interface NewTarget {
  readonly target: Target;
  readonly impulse?: Impulse;
  /** VMs that leave while others come in their stead, which so get other names. */
  readonly leaving?: readonly Member[];
}

/** What a document may call VM managers, by their keys. */
export type CloudNames = ReadonlyMap<string, string>;

/** `document`: the infrastructure's own, read. Pure; a VM that is not one of its own: `not-found`. */
export function newTarget(
  infrastructure: Infrastructure,
  { document, cloudNames }: { readonly document: RadlDocument; readonly cloudNames: CloudNames },
  request: ChangeRequest,
): NewTarget {
  const now = targetOf(infrastructure);
  const decide: Decider<ChangeRequest> = deciders[request.kind];
  return decide({ infrastructure, document, cloudNames, now }, request);
}

interface Situation {
  readonly infrastructure: Infrastructure;
  readonly document: RadlDocument;
  readonly cloudNames: CloudNames;
  readonly now: Target;
}

type RequestOf<Kind extends ChangeRequest['kind']> = ChangeRequest & { readonly kind: Kind };
type Decider<Request> = { decide(situation: Situation, request: Request): NewTarget }['decide'];

const deciders: { readonly [Kind in ChangeRequest['kind']]: Decider<RequestOf<Kind>> } = {
  deploy: ({ now: { components: _kept, ...now } }, { document }) => ({
    target: { ...now, ...document, refusals: [] },
  }),
  add: decideAdd,
  remove: decideRemove,
  alter: decideAlter,
  start: (situation, request) => decidePower(situation, request, false),
  stop: (situation, request) => decidePower(situation, request, true),
  reboot: ({ now, infrastructure }, { vms }) => ({
    target: now,
    impulse: { kind: 'reboot', vms: namesOfRunning(infrastructure, vms) },
  }),
  reconfigure: decideReconfigure,
  snapshot: ({ now, infrastructure }, { vm, imageName }) => {
    membersNamed(infrastructure, [vm]);
    return { target: now, impulse: { kind: 'snapshot', vm, imageName } };
  },
  destroy: ({ now }) => ({ target: now }),
  scale: decideScale,
  roll: ({ now, infrastructure }, { vms }) => {
    membersNamed(infrastructure, vms);
    return { target: now };
  },
  repair: ({ now }, { refusals = now.refusals }) => ({ target: { ...now, refusals } }),
};

function decideAdd({ document, now }: Situation, { radl, dialect }: RequestOf<'add'>): NewTarget {
  const added = parseFragment(radl, dialect ?? now.dialect);
  const edited = editDocument(now, document, (base) => addToDocument(base, added));
  return { target: { ...now, ...edited, refusals: [] } };
}

function decideRemove(
  { infrastructure, document, cloudNames, now }: Situation,
  { vms }: RequestOf<'remove'>,
): NewTarget {
  const removed = new Set(membersNamed(infrastructure, vms));
  const placed = [...removed].map(({ systemId, vmm }) => ({
    systemId,
    clouds: [vmm, cloudNames.get(vmm) ?? vmm],
  }));
  const edited = editDocument(now, document, (base) => removeFromDocument(base, placed));
  const members = now.members.filter((member) => !removed.has(member));
  return { target: { ...now, ...edited, members } };
}

function decideScale(
  { infrastructure, document, now }: Situation,
  { serviceId, counts, retire, standby }: RequestOf<'scale'>,
): NewTarget {
  const names = new Set(infrastructure.members.map((member) => nameOf(infrastructure, member)));
  // One that an earlier plan left behind is no member any more, and is taken away all the same.
  const retired = new Set(
    membersNamed(
      infrastructure,
      retire.filter((name) => names.has(name)),
    ),
  );
  const staying = now.members.filter((member) => !retired.has(member));
  const spec = readServices(document).find(({ id }) => id === serviceId);
  const isOne = ({ systemId }: Member) => systemId === spec?.systemId;
  const members = standby
    ? staying.map((member) => (isOne(member) ? onStandby(infrastructure, member, standby) : member))
    : staying;
  const target = { ...now, members, replicas: { ...now.replicas, [serviceId]: counts } };
  return { target, leaving: [...retired] };
}

function onStandby(infrastructure: Infrastructure, member: Member, standby: readonly VmName[]): Member {
  const { isStandby: _, ...rest } = member;
  return standby.includes(nameOf(infrastructure, member)) ? { ...rest, isStandby: true } : rest;
}

function decideAlter(
  { infrastructure, now }: Situation,
  { vm, radl, dialect }: RequestOf<'alter'>,
): NewTarget {
  const system = alteredSystem(parseFragment(radl, dialect ?? now.dialect));
  const alteration = { ...askedSize(system), disks: diskRequirementsOf(system) };
  const altered = membersNamed(infrastructure, [vm]);
  const members = withEach(now.members, altered, (each) => alter(each, alteration));
  return { target: { ...now, members } };
}

function decidePower(
  { infrastructure, now }: Situation,
  { vms }: RequestOf<'start' | 'stop'>,
  isStopped: boolean,
): NewTarget {
  const turned = membersNamed(infrastructure, vms);
  const members = withEach(now.members, turned, (each) => ({ ...each, isStopped }));
  return { target: { ...now, members } };
}

function decideReconfigure(
  { infrastructure, document, now }: Situation,
  { vms, radl, dialect }: RequestOf<'reconfigure'>,
): NewTarget {
  const impulse = { kind: 'reconfigure', vms: namesOfRunning(infrastructure, vms) } as const;
  if (radl === undefined) return { target: now, impulse };
  const given = parseFragment(radl, dialect ?? now.dialect);
  const edited = editDocument(now, document, (base) => replaceConfigures(base, given));
  return { target: { ...now, ...edited }, impulse };
}

function nameOf({ id }: Infrastructure, { systemId, number }: Member): VmName {
  return vmName(id, systemId, number);
}

function membersNamed(infrastructure: Infrastructure, vms: readonly VmName[] | undefined): readonly Member[] {
  const { members, name } = infrastructure;
  if (vms === undefined) return members;
  const byName = new Map(members.map((member) => [nameOf(infrastructure, member), member]));
  return [...new Set(vms)].map((vm) => {
    const member = byName.get(vm);
    if (member !== undefined) return member;
    throw new PlatformError('not-found', `Infrastructure '${name}' has no VM ${vm}.`, { subject: vm });
  });
}

/** Of all VMs, those that shall be on; one that is named and shall be off: `conflict`. */
function namesOfRunning(
  infrastructure: Infrastructure,
  vms: readonly VmName[] | undefined,
): readonly VmName[] {
  const members = membersNamed(infrastructure, vms);
  const off = members.find(({ isStopped }) => isStopped === true);
  if (vms !== undefined && off !== undefined) {
    const subject = nameOf(infrastructure, off);
    throw new PlatformError('conflict', `VM ${subject} is stopped; start it first.`, { subject });
  }
  const on = members.filter(({ isStopped }) => isStopped !== true);
  return on.map((member) => nameOf(infrastructure, member));
}

function withEach(
  members: readonly Member[],
  chosen: readonly Member[],
  change: (member: Member) => Member,
): readonly Member[] {
  const those = new Set(chosen);
  return members.map((member) => (those.has(member) ? change(member) : member));
}

/** A disk of an index that was altered before takes its place. */
function alter(member: Member, { disks = [], ...size }: Alteration): Member {
  const before = member.alteration ?? {};
  const indices = new Set(disks.map(({ index }) => index));
  const kept = (before.disks ?? []).filter(({ index }) => !indices.has(index));
  return { ...member, alteration: { ...before, ...size, disks: [...kept, ...disks] } };
}
