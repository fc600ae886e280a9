import type { VmmProduct } from '@trencadis/vmm-sites';
import { simulated } from './simulated.ts';

/** What users and administrators may add by themselves. */
export const products: readonly VmmProduct[] = [simulated];
