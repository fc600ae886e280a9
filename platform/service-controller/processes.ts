import type { Process } from '@trencadis/availability';

/** All that can be suspended, in the order of a replica's life. */
export const processes = ['launch', 'terminate', 'replace', 'scale', 'schedule'] as const satisfies Process[];
