export { createMemoryInfrastructureStore } from './memory-store.ts';
export { keyServerOffers } from './key-server-offers.ts';
