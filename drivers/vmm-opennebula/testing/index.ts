import type { ErrorCode } from '@trencadis/errors';
import type { VmName } from '@trencadis/ids';
import type { ImageReference } from '@trencadis/vmm';
import { type OpenNebulaCredentials, openNebulaCredentials } from '../credentials.ts';
import { digestOfImage } from '../one-image.ts';
import { vmState } from '../vm-states.ts';
import { refusalCode } from './simulated-oned/refusal.ts';
import {
  type Mischief,
  type SimulatedOned,
  type SimulatedOnedOptions,
  startSimulatedOned,
} from './simulated-oned/server.ts';
import { at, enter, free } from './simulated-oned/vm-life.ts';

export type { Mischief, SimulatedOned, SimulatedOnedOptions };
export { startSimulatedOned };

export interface RunningOpenNebula {
  readonly endpoint: string;
  readonly credentials: OpenNebulaCredentials;
  readonly image: ImageReference;
  /** Its name at the VM manager. */
  readonly imagePattern: string;
  readonly providerNetwork: string;
  /** What there is because of us, looked up past the driver. */
  leftovers(): Promise<readonly string[]>;
  /** The next call fails so. */
  failNext(code: ErrorCode): void;
  /** As somebody at OpenNebula does it. */
  removeVm(name: VmName): void;
  /** The simulated daemon itself. */
  readonly oned: SimulatedOned;
  stop(): Promise<void>;
}

/** A simulated OpenNebula on a free port of the loopback, with an account that may do all that the driver needs. */
export async function startOpenNebula(options: SimulatedOnedOptions = {}): Promise<RunningOpenNebula> {
  const oned = await startSimulatedOned(options);
  return {
    endpoint: oned.endpoint,
    credentials: openNebulaCredentials.parse({
      username: 'trencadis',
      password: 'pa$s:"word',
      guests: 'simulated',
      publicNetwork: 'public',
      ...(options.tls === undefined ? {} : { caCertificate: options.tls.cert }),
    }),
    image: { location: '0', digest: digestOfImage(0) },
    imagePattern: 'debian-12',
    providerNetwork: 'public',
    leftovers: async () => leftoversOf(oned),
    failNext: (code) => oned.spoil(mischiefOf(code)),
    removeVm: (name) => {
      const vm = [...oned.world.vms.values()].find(
        (each) => each.name === name && each.state !== vmState.DONE,
      );
      if (vm === undefined) return;
      vm.turn += 1;
      enter(vm, at('DONE'));
      free(oned.world, vm);
    },
    oned,
    stop: () => oned.stop(),
  };
}

function leftoversOf({ world, problems }: SimulatedOned): readonly string[] {
  const isOurs = ({ uid }: { readonly uid: number }) => uid !== 0;
  const left = (what: string, things: Iterable<{ readonly uid: number; readonly name: string }>) =>
    [...things].filter(isOurs).map(({ name }) => `${what} ${name}`);
  const leases = [...world.vnets.values()].flatMap(({ name, uid, leases: taken }) =>
    uid === 0 && taken.size > 0 ? [`${taken.size} leases of ${name}`] : [],
  );
  return [
    ...left(
      'VM',
      [...world.vms.values()].filter(({ state }) => state !== vmState.DONE),
    ),
    ...left('image', world.images.values()),
    ...left('network', world.vnets.values()),
    ...left('security group', world.groups.values()),
    ...leases,
    ...problems,
  ];
}

function mischiefOf(code: ErrorCode): Mischief {
  const refusals: Partial<Record<ErrorCode, readonly [number, string]>> = {
    'quota-exceeded': [refusalCode.AUTHORIZATION, 'User [2] : limit of 1 reached for VMS quota in VM.'],
    forbidden: [refusalCode.AUTHORIZATION, 'User [2] : Not authorized to perform MANAGE VM.'],
    unauthenticated: [refusalCode.AUTHENTICATION, "User couldn't be authenticated, aborting call."],
    'not-found': [refusalCode.NO_EXISTS, 'Error getting virtual machine [1].'],
    conflict: [refusalCode.ACTION, 'This action is not available for state BOOT'],
    internal: [refusalCode.INTERNAL, 'Internal error'],
  };
  const [number, text] = refusals[code] ?? [];
  if (number === undefined || text === undefined) return { kind: 'status', status: 503 };
  return { kind: 'refusal', code: number, text };
}
