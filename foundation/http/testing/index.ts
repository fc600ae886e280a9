export { hotReads, listOf, vmOf } from './hot-reads.ts';
export { type LoadSender, startLoadSender } from './load-sender.ts';
export type { Load } from './send-requests.ts';
