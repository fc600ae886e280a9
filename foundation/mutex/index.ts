export { type Exclusive, type Guard, createExclusive } from './exclusive.ts';
export { KeyedMutex } from './keyed-mutex.ts';
