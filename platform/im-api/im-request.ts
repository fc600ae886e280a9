import type { Caller } from '@trencadis/accounts';
import { parseId } from '@trencadis/ids';
import {
  type Access,
  type Infrastructure,
  type Member,
  accessOf,
  requireAccess,
  vmName,
} from '@trencadis/infrastructure';
import type { VmName } from '@trencadis/ids';
import type { AuthLine } from '@trencadis/vmm-sites/im-lines';
import { type CallClouds, ensureClouds } from './clouds.ts';
import type { ImQuery } from './im-query.ts';
import { ImRefusal } from './im-refusal.ts';
import type { ImApiParts } from './parts.ts';
import type { ImBody } from './read-document.ts';

/** A call whose caller is known. */
export interface ImRequest {
  readonly caller: Caller;
  readonly lines: readonly AuthLine[];
  readonly params: Readonly<Record<string, string>>;
  readonly query: ImQuery;
  readonly body: ImBody;
  /** `https://host/im`. */
  readonly baseUrl: string;
  readonly requestId: string;
  /** Aborts when the client has gone or the server closes. */
  readonly signal: AbortSignal;
}

export function cloudsOf(parts: ImApiParts, request: ImRequest): Promise<CallClouds> {
  return ensureClouds(parts, request);
}

/** The infrastructure that the path names. What they may not read, and what is destroyed, does not exist for them. */
export async function infrastructureOf(
  parts: ImApiParts,
  request: ImRequest,
  needed: Access,
): Promise<Infrastructure> {
  const infrastructure = await everKnownOf(parts, request, needed);
  if (infrastructure.destroyedAt !== undefined) throw noInfrastructure(infrastructure.id);
  return infrastructure;
}

/** As {@link infrastructureOf}, of its owner; also one that was released. */
export async function exportableOf(parts: ImApiParts, request: ImRequest): Promise<Infrastructure> {
  const infrastructure = await everKnownOf(parts, request, 'own');
  const { id, destroyedAt, releasedAt } = infrastructure;
  if (destroyedAt !== undefined && releasedAt === undefined) throw noInfrastructure(id);
  return infrastructure;
}

async function everKnownOf(
  { service }: ImApiParts,
  { params, caller }: ImRequest,
  needed: Access,
): Promise<Infrastructure> {
  const text = params['infrastructure'] ?? '';
  const id = parseId('InfrastructureId', text);
  if (id === undefined) throw noInfrastructure(text);
  const infrastructure = await service.get(id);
  requireAccess(infrastructure, caller, needed);
  return infrastructure;
}

function noInfrastructure(id: string): ImRefusal {
  return new ImRefusal(404, `There is no infrastructure ${id}.`);
}

/** Whether they see secrets of its VMs. */
export function mayChange(infrastructure: Infrastructure, { caller }: ImRequest): boolean {
  const access = accessOf(infrastructure, caller);
  return access === 'own' || access === 'change';
}

/** The VM with that id in IM's API: its ordinal. */
export function memberOf({ members, id }: Infrastructure, vmId: string): Member {
  const member = members.find(({ ordinal }) => String(ordinal) === vmId);
  if (member !== undefined) return member;
  throw new ImRefusal(404, `Infrastructure ${id} has no VM with the id ${vmId}.`);
}

export function nameOf({ id }: Infrastructure, { systemId, number }: Member): VmName {
  return vmName(id, systemId, number);
}

/** `1,2` as names. */
export function vmNamesOf(infrastructure: Infrastructure, list: string): readonly VmName[] {
  return list
    .split(',')
    .map((each) => each.trim())
    .map((vmId) => nameOf(infrastructure, memberOf(infrastructure, vmId)));
}

export function infrastructureUri({ baseUrl }: ImRequest, id: string): string {
  return `${baseUrl}/infrastructures/${id}`;
}

export function vmUri(request: ImRequest, id: string, { ordinal }: Member): string {
  return `${infrastructureUri(request, id)}/vms/${ordinal}`;
}
