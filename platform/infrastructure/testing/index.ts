export { fixedVmms } from './fixed-vmms.ts';
export { createMemoryInfrastructureStore } from './memory-store.ts';
export { SimulatedGuest } from './simulated-guest.ts';
export { exampleConfigurator, keyServerImages, keyServerOffers } from './key-server-offers.ts';
