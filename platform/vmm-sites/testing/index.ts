export { memoryProduct } from './memory-product.ts';
