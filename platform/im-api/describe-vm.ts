import { type ErrorCode, isPlatformError } from '@trencadis/errors';
import type { Infrastructure, Member, VmStatusView } from '@trencadis/infrastructure';
import { type RadlDocument, disksOf, readRadl } from '@trencadis/radl';
import type { VmmDriver } from '@trencadis/vmm';
import { decideStates } from './decide-states.ts';
import { ImRefusal } from './im-refusal.ts';
import { type ImRequest, mayChange, nameOf } from './im-request.ts';
import { knownStatus } from './known-status.ts';
import type { ImApiParts } from './parts.ts';
import { type KnownVm, vmDocument } from './vm-document.ts';

/** The document of an infrastructure with its inputs filled in. */
export function documentOf({ radl, dialect, parameters }: Infrastructure): RadlDocument {
  return readRadl(radl, { dialect, inputs: parameters, canHaveOtherValues: true }).document;
}

/** The RADL of one VM, with what its VM manager says of it now. */
export async function describeVm(
  parts: ImApiParts,
  request: ImRequest,
  { infrastructure, member }: { readonly infrastructure: Infrastructure; readonly member: Member },
): Promise<RadlDocument> {
  const document = documentOf(infrastructure);
  const status = await knownStatus(parts, infrastructure);
  const view = status?.vms.find(({ ordinal }) => ordinal === member.ordinal);
  const [seen, login] = await Promise.all([
    seenAtVmm(parts, { infrastructure, member, view }, request.signal),
    mayChange(infrastructure, request)
      ? loginOf(parts, { infrastructure, member, view }, request.signal)
      : undefined,
  ]);
  const known: KnownVm = {
    member,
    state: decideStates(infrastructure, status).vms.get(String(member.ordinal)) ?? 'unknown',
    addresses: { ...view?.addresses, ...view?.publicAddresses },
    disks: disksAsked(document, member),
    ...seen,
    ...(login ? { login } : {}),
  };
  const described = vmDocument(document, known);
  if (described !== undefined) return described;
  throw new ImRefusal(404, `The document says nothing of system ${member.systemId} any more.`);
}

interface Resident {
  readonly infrastructure: Infrastructure;
  readonly member: Member;
  readonly view: VmStatusView | undefined;
}

/** What cannot be asked just now is not told. */
async function seenAtVmm(
  { sites }: ImApiParts,
  { infrastructure, member, view }: Resident,
  signal: AbortSignal,
): Promise<Pick<KnownVm, 'provider' | 'vm'>> {
  const found = await unlessAway(view, async () => {
    const driver: VmmDriver = await sites.open(member.vmm);
    return { driver, vm: await driver.describeVm(nameOf(infrastructure, member), signal) };
  });
  const provider = { type: found?.driver.capabilities.product ?? 'unknown', host: nameOfKey(member.vmm) };
  return found?.vm === undefined ? { provider } : { provider, vm: found.vm };
}

/** `ana~lab`, the key of a user's own, is called `lab`. */
function nameOfKey(key: string): string {
  return key.slice(key.lastIndexOf('~') + 1);
}

async function loginOf(
  { service }: ImApiParts,
  { infrastructure, member, view }: Resident,
  signal: AbortSignal,
): Promise<KnownVm['login']> {
  return unlessAway(view, () =>
    service.shellEndpoint(infrastructure, nameOf(infrastructure, member), signal),
  );
}

/** The VM or its VM manager is not there just now, or it has no shell. */
const away: ReadonlySet<ErrorCode> = new Set(['unavailable', 'not-found', 'unsupported']);

async function unlessAway<Found>(
  view: VmStatusView | undefined,
  find: () => Promise<Found>,
): Promise<Found | undefined> {
  if (view?.status === 'unknown') return undefined;
  try {
    return await find();
  } catch (error) {
    if (isPlatformError(error) && away.has(error.code)) return undefined;
    throw error;
  }
}

const bytesPerGiB = 2 ** 30;

/** As they were made: in whole GiB. */
function disksAsked(document: RadlDocument, { systemId, alteration }: Member): KnownVm['disks'] {
  const system = document.systems.find(({ id }) => id === systemId);
  const altered = alteration?.disks ?? [];
  const isAltered = new Set(altered.map(({ index }) => index));
  const own = system === undefined ? [] : disksOf(system).filter(({ index }) => !isAltered.has(index));
  const asked = own.map(({ index, sizeBytes = 0 }) => ({
    index,
    sizeGiB: Math.max(1, Math.ceil(sizeBytes / bytesPerGiB)),
  }));
  return [...asked, ...altered].map(({ index, sizeGiB }) => ({ index, sizeBytes: sizeGiB * bytesPerGiB }));
}
