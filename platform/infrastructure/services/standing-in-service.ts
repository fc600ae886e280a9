import type { VmName } from '@trencadis/ids';
import type { DesiredInfrastructure, ObservedInfrastructure, ObservedVm } from '../model.ts';
import { type Replica, keyOfReplica } from './planned-service-steps.ts';
import { canJoin } from './replicas.ts';
import { memberStage } from './service-stages.ts';
import type { StepsOfVms } from './steps-of-vms.ts';

export interface ServiceScope {
  /** Only these VMs are brought to what is desired. */
  readonly only?: ReadonlySet<VmName>;
  /** Whether replicas that leave do so after the new ones are in service, or before. */
  readonly order?: 'launch-first' | 'terminate-first';
  /** Let in even if they seem to be in service: somebody took them from their balancer. */
  readonly finish?: ReadonlySet<VmName>;
  /** Taken out, whether or not they seem to be in service. */
  readonly leave?: ReadonlySet<VmName>;
}

export interface Around {
  readonly desired: DesiredInfrastructure;
  readonly observed: ObservedInfrastructure;
  readonly scope: ServiceScope;
  readonly own: StepsOfVms;
}

export function observedVm(
  { observed }: Around,
  { name, vmm }: Pick<Replica, 'name' | 'vmm'>,
): ObservedVm | undefined {
  return observed.vms.find((vm) => vm.name === name && vm.vmm === vmm);
}

export interface Standing {
  readonly isTouched: boolean;
  readonly isRunning: boolean;
  readonly isInScope: boolean;
  readonly isToJoin: boolean;
  readonly isToLeave: boolean;
}

/** What is to be done with it. */
export function standingOf(around: Around, replica: Replica): Standing {
  const { own, scope } = around;
  const { name } = replica;
  const place = placeInService(around, replica);
  const isTouched = own.ofVm(name).length > 0;
  const isInScope = scope.only === undefined || scope.only.has(name);
  const seen = { place, isTouched, isInScope };
  const moves = replica.isStandby === true ? ofStandby(around, name, seen) : ofOther(around, replica, seen);
  return { isTouched, isRunning: place !== 'off', isInScope, ...moves };
}

interface Seen extends Pick<Standing, 'isTouched' | 'isInScope'> {
  readonly place: PlaceInService;
}

type Moves = Pick<Standing, 'isToJoin' | 'isToLeave'>;

function ofOther(around: Around, replica: Replica, { place, isTouched, isInScope }: Seen): Moves {
  const { desired, observed, scope } = around;
  const { name } = replica;
  const isAble = canJoin(desired, observed, replica);
  // Taken from where it is to where it shall be in its turn only, as it is out of service meanwhile.
  const isMoved = isAmong(scope.only, name) && place === 'elsewhere' && isAble;
  const isNewcomer = place === 'none' && isInScope;
  const isAskedFor = isAmong(scope.finish, name) && place !== 'off';
  return {
    isToJoin: isAble && (isTouched || isMoved || isNewcomer || isAskedFor),
    isToLeave: isMoved || isInterrupted(around, name, place),
  };
}

/** Not out of service yet, or asked to leave whether or not it seems to be. */
function ofStandby({ scope }: Around, name: VmName, { place, isInScope }: Seen): Moves {
  const isAskedFor = isAmong(scope.leave, name);
  return { isToJoin: false, isToLeave: isAskedFor || (servingPlaces.has(place) && isInScope) };
}

function isAmong(names: ReadonlySet<VmName> | undefined, name: VmName): boolean {
  return names?.has(name) === true;
}

function isInterrupted({ own }: Around, name: VmName, place: PlaceInService): boolean {
  return servingPlaces.has(place) && own.isInterrupted(name);
}

/** Where the requests of its service come to a replica, as compared with where they shall. */
type PlaceInService = 'off' | 'none' | 'there' | 'elsewhere';
const servingPlaces: ReadonlySet<PlaceInService> = new Set(['there', 'elsewhere']);

function placeInService(around: Around, replica: Replica): PlaceInService {
  if (observedVm(around, replica)?.status !== 'running') return 'off';
  const key = around.observed.configured[replica.name]?.[memberStage(replica.spec.id)];
  if (key === undefined) return 'none';
  return key === keyOfReplica(replica) ? 'there' : 'elsewhere';
}
