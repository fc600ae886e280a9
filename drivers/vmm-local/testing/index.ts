export { localLeftovers } from './local-leftovers.ts';
export { testImage } from './test-image.ts';
