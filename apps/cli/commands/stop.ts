import { pollUntil, systemClock } from '@trencadis/clock';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { findLocalServer } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';

const stopDeadlineMs = 60_000;

export function addStopCommand(program: Command): void {
  program
    .command('stop')
    .description(
      'stop the platform’s server and its database; machines go on, and plans when it starts again',
    )
    .action(async () => {
      const home = stateDirectory();
      const server = await findLocalServer(home);
      if (!server) {
        process.stdout.write('No platform server runs.\n');
        return;
      }
      process.kill(server.pid, 'SIGTERM');
      const options = { clock: systemClock, everyMs: 100, deadlineMs: stopDeadlineMs };
      const gone = await pollUntil(async () => ((await findLocalServer(home)) ? undefined : true), options);
      if (!gone)
        throw new PlatformError(
          'unavailable',
          `The platform server (pid ${server.pid}) did not stop within ${stopDeadlineMs / 1000} s.`,
        );
      process.stdout.write('The platform server has stopped.\n');
    });
}
