import type { Interval } from '@trencadis/radl';
import type { InstanceType } from '@trencadis/vmm';
import type { ResolvedSystem } from './assemble-desired.ts';
import { type OtherPrice, type TypeNeeds, decideInstanceType, fitsAsItIs } from './decide-instance-type.ts';
import type { FoundImage } from './find-images.ts';
import type { Alteration, DesiredVm, DesiredVmSpec, Member, ObservedVm } from './model.ts';
import type { VmmForDeployment } from './offers.ts';

/** A VM that is there, as far as its size matters. */
export type CurrentVm = Pick<ObservedVm, 'name' | 'vmm'> &
  Partial<Pick<ObservedVm, 'cpuCount' | 'memoryMiB' | 'instanceType'>>;

/** What a VM gets. */
export interface MemberSize {
  readonly spec: Pick<DesiredVmSpec, 'cpuCount' | 'memoryMiB' | 'instanceType'>;
  readonly typeChoice?: DesiredVm['typeChoice'];
}

/** One of a VM manager's instance types, or why none of them will do. */
export type SizeDecision = MemberSize | { readonly because: string };

/** The type of a VM that is there, whether or not it may be had still. */
export function typeOf({ cpuCount = 0, memoryMiB = 0, instanceType = '' }: CurrentVm): InstanceType {
  return { name: instanceType, cpuCount, memoryMiB };
}

export function needsWithImage(needs: TypeNeeds, image: FoundImage): TypeNeeds {
  return 'architecture' in image ? { ...needs, architecture: image.architecture } : needs;
}

/** What its VM manager's own price list says of a type without a price. */
export function otherPriceAt({ perHour, currency }: VmmForDeployment): OtherPrice {
  return (type) => (perHour && currency !== undefined ? { currency, perHour: perHour(type) } : undefined);
}

type Sized = Pick<ResolvedSystem, 'requirements' | 'image'>;

/**
 * Sizes of the VMs at one VM manager. A VM that is there keeps its type for as long as it is one that the document
 * allows, however cheap others have become.
 */
export function sizesAt(
  site: VmmForDeployment,
): (member: Pick<Member, 'alteration'>, system: Sized, current?: CurrentVm) => SizeDecision {
  const decided = new Map<string, SizeDecision>();
  return ({ alteration = {} }, system, current) => {
    const asked = sizeAsked(system, alteration);
    const { instanceType, cpuCount, memoryMiB } = current ?? {};
    if (!site.capabilities.instanceTypes) return asked;
    const { cpuCount: cpus, memoryMiB: memory } = alteration;
    const key = JSON.stringify([
      system.image.digest,
      system.requirements.type,
      cpus,
      memory,
      instanceType,
      cpuCount,
      memoryMiB,
    ]);
    const known = decided.get(key) ?? decide(system, alteration, { site, current, asked });
    decided.set(key, known);
    return known;
  };
}

function sizeAsked({ requirements }: Sized, { cpuCount, memoryMiB }: Alteration): MemberSize {
  return {
    spec: {
      cpuCount: cpuCount ?? requirements.cpuCount,
      memoryMiB: memoryMiB ?? requirements.memoryMiB,
    },
  };
}

interface Around {
  readonly site: VmmForDeployment;
  readonly current: CurrentVm | undefined;
  readonly asked: MemberSize;
}

function decide(
  { requirements }: Sized,
  alteration: Alteration,
  { site, current, asked }: Around,
): SizeDecision {
  const { instanceTypes } = site;
  let because = '';
  for (const needs of alteredNeeds(requirements.type, alteration)) {
    if (current?.instanceType !== undefined && fitsAsItIs(needs, typeOf(current)))
      return kept(current, needs, site);
    if (instanceTypes === undefined) continue;
    const decision = decideInstanceType(needs, instanceTypes, otherPriceAt(site));
    if (decision.kind === 'chosen') {
      const { type, kind: _, ...typeChoice } = decision;
      return { spec: specOf(type), typeChoice };
    }
    because = decision.because;
  }
  return because === '' ? asked : { because };
}

function kept(current: CurrentVm, needs: TypeNeeds, site: VmmForDeployment): MemberSize {
  const listed = site.instanceTypes?.find(({ name }) => name === current.instanceType);
  const price = listed && decideInstanceType({ ...needs, price: {} }, [listed], otherPriceAt(site));
  const known = price?.kind === 'chosen' && price.price ? { price: price.price } : {};
  return { spec: specOf(typeOf(current)), typeChoice: { because: 'kept, as it fits', ...known } };
}

function specOf({ name, cpuCount, memoryMiB }: InstanceType): MemberSize['spec'] {
  return { cpuCount, memoryMiB, instanceType: name };
}

const exactly = (value: number): Interval => ({
  low: { value, isStrict: false },
  high: { value, isStrict: false },
});
const atLeast = (value: number): Interval => ({ low: { value, isStrict: false } });

/** A VM that was altered gets just that size if there is such a type, else one that has it. */
function alteredNeeds(needs: TypeNeeds, { cpuCount, memoryMiB }: Alteration): readonly TypeNeeds[] {
  if (cpuCount === undefined && memoryMiB === undefined) return [needs];
  const ways = [
    { cpus: exactly, memory: exactly },
    { cpus: exactly, memory: atLeast },
    { cpus: atLeast, memory: atLeast },
  ];
  return ways.map(({ cpus, memory }) => ({
    ...needs,
    ...(cpuCount === undefined ? {} : { cpuCount: cpus(cpuCount) }),
    ...(memoryMiB === undefined ? {} : { memoryMiB: memory(memoryMiB) }),
  }));
}
