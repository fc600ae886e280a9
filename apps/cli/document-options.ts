import { type Command, Option } from 'commander';

/** Options of every command that reads a RADL document. */
export function withDocumentOptions(command: Command): Command {
  return command
    .option('--name <name>', 'name of the infrastructure (default: the file’s)')
    .addOption(
      new Option('--dialect <dialect>', 'default: the file’s own "# dialect:" line, else trencadis').choices([
        'im',
        'paper',
        'trencadis',
      ]),
    )
    .option('--parameter <name=value...>', 'parameter that a component asks for; name=@file reads JSON');
}
