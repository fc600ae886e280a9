import type { TestProject } from 'vitest/node';
import { type Openstack, startOpenstack } from './start-openstack.ts';

type Facts = Omit<Openstack, 'leftovers' | 'removeBehind' | 'stop'>;

declare module 'vitest' {
  export interface ProvidedContext {
    readonly openstack: Facts;
  }
}

/** One cloud for all files of the suite. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { endpoint, pid, credentials, readerCredentials, crampedCredentials, image, providerNetwork, stop } =
    await startOpenstack();
  const accounts = { credentials, readerCredentials, crampedCredentials };
  project.provide('openstack', { endpoint, pid, ...accounts, image, providerNetwork });
  return stop;
}
