import { z } from 'zod';
import { type Prepared, defineRoutes, prepareJson } from '../index.ts';

const access = { right: 'read' };
const vm = z.object({ name: z.string(), status: z.string(), address: z.string() });
const list = z.object({ vms: z.array(vm) });

/** What a load is put on: one small answer, and a long one that is kept ready. */
export const hotReads = defineRoutes({
  one: {
    method: 'GET',
    path: '/vms/{name}',
    summary: 'One',
    params: z.object({ name: z.string() }),
    response: vm,
    access,
  },
  all: { method: 'GET', path: '/vms', summary: 'All', response: list, etag: true, access },
});

export const vmOf = (name: string) => ({ name, status: 'running', address: '10.0.0.7' });

export function listOf(vmCount: number): Prepared {
  return prepareJson(list, { vms: Array.from({ length: vmCount }, (_, index) => vmOf(`vm-${index}`)) });
}
