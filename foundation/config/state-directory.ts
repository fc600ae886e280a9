import { isAbsolute } from 'node:path';
import { PlatformError } from '@trencadis/errors';

/** Where the platform keeps its files: TRENCADIS_HOME, by default /var/lib/trencadis. Always absolute. */
export function stateDirectory(env: NodeJS.ProcessEnv = process.env): string {
  const directory = env['TRENCADIS_HOME'] || '/var/lib/trencadis';
  if (!isAbsolute(directory)) {
    throw new PlatformError(
      'invalid-argument',
      `TRENCADIS_HOME is '${directory}': set it to an absolute path.`,
      {
        subject: 'TRENCADIS_HOME',
      },
    );
  }
  return directory;
}
