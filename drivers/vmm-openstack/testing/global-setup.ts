import type { TestProject } from 'vitest/node';
import { type Openstack, startOpenstack } from './start-openstack.ts';

type Facts = Omit<Openstack, 'leftovers' | 'stop'>;

declare module 'vitest' {
  export interface ProvidedContext {
    readonly openstack: Facts;
  }
}

/** One cloud for all files of the suite. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { leftovers: _, stop, admin: _admin, ...facts } = await startOpenstack();
  project.provide('openstack', facts);
  return stop;
}
