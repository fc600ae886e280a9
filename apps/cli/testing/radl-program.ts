import { Command } from 'commander';
import { addRadlCommands } from '../commands/radl.ts';
import { reportFailure } from '../report-failure.ts';

/** The command line with its `radl` commands alone: it starts in no time and needs no other package to be sound. */
const program = new Command('trencadis');
addRadlCommands(program);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error);
}
