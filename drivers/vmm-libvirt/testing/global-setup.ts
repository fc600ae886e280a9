import { cloudImage } from './cloud-image.ts';
import { startDaemons } from './daemons.ts';

/** Once for all test files: the daemons, where none run, and the image in the system's cache. */
export async function setup(): Promise<() => Promise<void>> {
  const stop = await startDaemons();
  await cloudImage();
  return stop;
}
