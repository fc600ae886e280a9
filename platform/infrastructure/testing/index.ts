export { createMemoryInfrastructureStore } from './memory-store.ts';
export { keyServerImages, keyServerOffers } from './key-server-offers.ts';
