import type { Argument, Command, Option } from 'commander';

/** What a word may be: one of these, or the name of such a thing. `given`: the command's arguments before it. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly Suggestion[] }
  | { readonly kind: 'name'; readonly of: string; readonly given: readonly string[] };

export interface Suggestion {
  readonly word: string;
  readonly description: string;
}

/** What may stand in the place of the last of these words, which follow the program's name. */
export function wantedWord(program: Command, words: readonly string[]): Wanted {
  const current = words.at(-1) ?? '';
  const before = readWords(program, words.slice(0, -1));
  const { command, given, awaited } = before;
  if (awaited !== undefined) return ofValue(awaited.argChoices, awaited.attributeName(), given);
  if (current.startsWith('-') && !before.isPastOptions)
    return { kind: 'words', words: optionsOf(command, program) };
  const commands = command.commands.filter((each) => each.name() !== 'help');
  if (commands.length > 0 && given.length === 0)
    return {
      kind: 'words',
      words: commands.map((each) => ({ word: each.name(), description: each.description() })),
    };
  const argument = argumentAt(command, given.length);
  if (argument === undefined) return { kind: 'words', words: [] };
  return ofValue(argument.argChoices, kindOf(command, argument.name()), given);
}

/** `name` is an infrastructure; `cloud name`, in the group of commands about clouds, is a cloud. */
function kindOf({ parent }: Command, name: string): string {
  const group = parent?.parent ? parent.name() : undefined;
  return group === undefined ? name : `${group} ${name}`;
}

interface Read {
  readonly command: Command;
  readonly given: readonly string[];
  /** The option whose value comes next. */
  readonly awaited: Option | undefined;
  readonly isPastOptions: boolean;
}

function readWords(program: Command, words: readonly string[]): Read {
  let command = program;
  let awaited: Option | undefined;
  let isPastOptions = false;
  const given: string[] = [];
  for (const word of words) {
    if (awaited !== undefined) awaited = undefined;
    else if (word === '--') isPastOptions = true;
    // Bash gives `--plan=x` as three words.
    else if (word === '=') continue;
    else if (word.startsWith('-') && !isPastOptions) awaited = optionAwaiting(word, command, program);
    else {
      const inner = given.length === 0 ? command.commands.find((each) => each.name() === word) : undefined;
      if (inner === undefined) given.push(word);
      else command = inner;
    }
  }
  return { command, given, awaited, isPastOptions };
}

function optionAwaiting(word: string, command: Command, program: Command): Option | undefined {
  const option = [...command.options, ...program.options].find(
    (each) => each.long === word || each.short === word,
  );
  return option !== undefined && (option.required || option.optional) ? option : undefined;
}

function ofValue(choices: readonly string[] | undefined, of: string, given: readonly string[]): Wanted {
  if (choices === undefined) return { kind: 'name', of, given };
  return { kind: 'words', words: choices.map((word) => ({ word, description: '' })) };
}

function optionsOf(command: Command, program: Command): Suggestion[] {
  const all = command === program ? program.options : [...command.options, ...program.options];
  const visible = all.filter(({ hidden, long }) => !hidden && long !== undefined && long !== null);
  return [
    ...visible.map(({ long, description }) => ({ word: long ?? '', description })),
    { word: '--help', description: 'what it does' },
  ];
}

function argumentAt({ registeredArguments }: Command, index: number): Argument | undefined {
  const last = registeredArguments.at(-1);
  return registeredArguments[index] ?? (last?.variadic === true ? last : undefined);
}
