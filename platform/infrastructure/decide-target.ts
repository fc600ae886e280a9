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

/** What a request makes of an infrastructure's target, and what it does once. */
export interface DecidedTarget {
  readonly target: Target;
  readonly impulse?: Impulse;
}

/** `document`: the infrastructure's own, read. Pure; a VM that is not one of its own: `not-found`. */
export function decideTarget(
  infrastructure: Infrastructure,
  document: RadlDocument,
  request: ChangeRequest,
): DecidedTarget {
  const { radl, dialect, parameters, members, nextOrdinal, refusals, usage } = infrastructure;
  const now: Target = { radl, dialect, parameters, members, nextOrdinal, refusals, usage };
  const named = (vms?: readonly VmName[]) => membersNamed(infrastructure, vms);
  switch (request.kind) {
    case 'deploy':
      return { target: { ...now, ...request.document, refusals: [] } };
    case 'add': {
      const added = parseFragment(request.radl, request.dialect ?? dialect);
      const edited = editDocument(now, document, (base) => addToDocument(base, added));
      return { target: { ...now, ...edited, refusals: [] } };
    }
    case 'remove': {
      const removed = new Set(named(request.vms));
      const edited = editDocument(now, document, (base) => removeFromDocument(base, [...removed]));
      return { target: { ...now, ...edited, members: members.filter((member) => !removed.has(member)) } };
    }
    case 'alter': {
      const system = alteredSystem(parseFragment(request.radl, request.dialect ?? dialect));
      const altered = named([request.vm]);
      const alteration = { ...askedSize(system), disks: diskRequirementsOf(system) };
      return { target: { ...now, members: withEach(members, altered, (each) => alter(each, alteration)) } };
    }
    case 'start':
    case 'stop': {
      const isStopped = request.kind === 'stop';
      return {
        target: {
          ...now,
          members: withEach(members, named(request.vms), (each) => ({ ...each, isStopped })),
        },
      };
    }
    case 'reconfigure': {
      const vms = named(request.vms).map((member) => nameOf(infrastructure, member));
      if (request.radl === undefined) return { target: now, impulse: { kind: 'reconfigure', vms } };
      const given = parseFragment(request.radl, request.dialect ?? dialect);
      const edited = editDocument(now, document, (base) => replaceConfigures(base, given));
      return { target: { ...now, ...edited }, impulse: { kind: 'reconfigure', vms } };
    }
    case 'reboot': {
      const vms = named(request.vms).map((member) => nameOf(infrastructure, member));
      return { target: now, impulse: { kind: 'reboot', vms } };
    }
    case 'snapshot': {
      named([request.vm]);
      const { vm, imageName } = request;
      return { target: now, impulse: { kind: 'snapshot', vm, imageName } };
    }
    case 'repair':
      return { target: { ...now, refusals: request.refusals ?? refusals } };
  }
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
