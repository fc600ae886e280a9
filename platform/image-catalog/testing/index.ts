export { createFixedImages } from './fixed-images.ts';
export { syntheticCatalog, syntheticQuestions } from './synthetic-catalog.ts';
