import { type Command, Option } from 'commander';

/** Options of every command that plans a RADL document or a service. */
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
    .option(
      '--service <name[@version]>',
      'a registered service instead of a file: its newest released version',
    )
    .option('--set <name=value...>', 'parameter of the service; name=@file reads JSON')
    .option('--parameter <name=value...>', 'parameter that a component asks for; name=@file reads JSON')
    .option('--expires <when>', 'destroy it by itself then: 7d, 12h, or a date and time (ISO 8601)');
}
