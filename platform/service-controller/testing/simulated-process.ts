import { createServiceController, type ServiceController } from '../controller.ts';
import type { ServiceStore } from '../store.ts';
import { LocalLeadership, Office } from './local-leadership.ts';
import { ManualClock } from './manual-clock.ts';
import { createMemoryServiceStore } from './memory-store.ts';
import { Life } from './mortal.ts';
import { SimulatedFleet } from './simulated-fleet.ts';
import { SimulatedMeasuring } from './simulated-measuring.ts';

/** What outlives processes. */
export class SimulatedWorld {
  readonly clock = new ManualClock();
  readonly fleet = new SimulatedFleet({ clock: this.clock });
  readonly store: ServiceStore = createMemoryServiceStore();
  readonly measuring = new SimulatedMeasuring(this.clock);
  readonly office = new Office();
  readonly complaints: string[] = [];

  /** A process of the platform; it dies at that call of the fleet or the store, if told. */
  begin(end?: ConstructorParameters<typeof Life>[0]): SimulatedProcess {
    return new SimulatedProcess(this, end);
  }
}

/** Everything that a controller does to the world passes through here, so that it can be cut off anywhere. */
const fleetCalls = [
  'listGroups',
  'observeVms',
  'describeBalancer',
  'plan',
  'start',
  'outcome',
  'planRollBack',
];
const storeCalls = ['listGroups', 'insertGroup', 'findGroup', 'saveGroups', 'addNotes'];

export class SimulatedProcess {
  readonly life: Life;
  readonly controller: ServiceController;
  readonly leadership: LocalLeadership;

  constructor(
    { clock, fleet, store, measuring, office, complaints }: SimulatedWorld,
    end?: ConstructorParameters<typeof Life>[0],
  ) {
    this.leadership = new LocalLeadership({ clock, office });
    this.life = new Life(end, () => this.leadership.resign());
    const complain = (fields: Readonly<Record<string, unknown>>, message: string) =>
      void complaints.push(`${message}: ${String(fields['error'])}`);
    this.controller = createServiceController({
      fleet: this.life.wrap(fleet, fleetCalls),
      store: this.life.wrap(store, storeCalls),
      leadership: this.leadership,
      measuring,
      clock: this.life.clock(clock),
      log: { debug: () => {}, info: () => {}, warn: complain },
    });
    this.controller.start();
  }

  kill(): void {
    this.life.kill();
  }
}
