import { pollUntil, systemClock } from '@trencadis/clock';
import { stateDirectory } from '@trencadis/config';
import { PlatformError } from '@trencadis/errors';
import { findLocalServer } from '@trencadis/infrastructure/client';
import type { Command } from 'commander';

const stopDeadlineMs = 60_000;

export function addServerCommands(program: Command): void {
  const server = program.command('server').description('the platform’s server on this host');
  server
    .command('stop')
    .description('stop it and its database; machines go on, and plans when it starts again')
    .action(async () => {
      const home = stateDirectory();
      const running = await findLocalServer(home);
      if (!running) {
        process.stdout.write('No platform server runs.\n');
        return;
      }
      process.kill(running.pid, 'SIGTERM');
      const options = { clock: systemClock, everyMs: 100, deadlineMs: stopDeadlineMs };
      const gone = await pollUntil(async () => ((await findLocalServer(home)) ? undefined : true), options);
      if (!gone)
        throw new PlatformError(
          'unavailable',
          `The platform server (pid ${running.pid}) did not stop within ${stopDeadlineMs / 1000} s.`,
        );
      process.stdout.write('The platform server has stopped.\n');
    });
}
