/** The text of a recipe on its machine. */
export const recipeFile = '/etc/trencadis/recipe/recipe.pp';

/** One message of Puppet's JSON log (`--logdest FILE.json`). */
export interface PuppetMessage {
  readonly level: string;
  /** `Puppet`, or the path of a resource and a property: `/Stage[main]/A[b]/Exec[c]/returns`. */
  readonly source: string;
  readonly message: string;
  /** Where the resource was declared. */
  readonly file?: string | null;
  readonly line?: number | null;
}

/** The file is a JSON array whose end is missing when Puppet was killed. */
export function readPuppetLog(text: string): readonly PuppetMessage[] {
  const body = text.trim().replace(/,$/, '');
  return JSON.parse(body.endsWith(']') ? body : `${body}]`) as PuppetMessage[];
}

const maxOutputLines = 20;

/**
 * What failed first, by the recipe's own line where it came from one; later failures are mostly its consequences.
 * Puppet logs a failure twice, the first time without saying where.
 */
export function describeFailures(messages: readonly PuppetMessage[]): string {
  const errors = messages.filter(({ level }) => ['err', 'crit', 'alert', 'emerg'].includes(level));
  const failure = errors.find(({ source }) => source !== 'Puppet') ?? errors[0];
  if (!failure) return 'Puppet did not say why.';
  const output = messages
    .filter(({ level, source }) => level === 'notice' && source === failure.source && source !== 'Puppet')
    .map(({ message }) => message)
    .slice(-maxOutputLines);
  return [`${placeOf(failure)}${plainReason(failure.message)}`, ...output].join('\n');
}

/** `deploy_gs {'X.gar'}: Exec[unpack X.gar]: `, `line 3: File[/x]: `; empty when it concerns the recipe as a whole. */
function placeOf({ source, file, line }: PuppetMessage): string {
  const own = /\/Trencadis::(Add_user|Deploy_gs|Create_database)\[([^\]]*)\]/.exec(source);
  const resource = /.*\/([A-Z][\w:]*\[[^\]]*\])/.exec(source);
  const where = own ? `${own[1]?.toLowerCase()} {'${own[2]}'}` : lineOf(file, line);
  return [where, resource?.[1]].map((part) => (part === undefined ? '' : `${part}: `)).join('');
}

/** Of the recipe's text or of a module; our own manifests are of no interest to who wrote the recipe. */
function lineOf(file: string | null | undefined, line: number | null | undefined): string | undefined {
  if (typeof file !== 'string' || typeof line !== 'number') return undefined;
  if (file === recipeFile) return `line ${line}`;
  const [, inModule] = /^\/var\/lib\/trencadis\/recipe-modules\/[0-9a-f]{64}\/(.*)$/.exec(file) ?? [];
  return inModule === undefined ? undefined : `${inModule}, line ${line}`;
}

/** Without what only says how Puppet works inside. */
function plainReason(message: string): string {
  return message
    .trim()
    .replace(/^(Evaluation Error: |Error while evaluating an? [A-Za-z ]+, )+/, '')
    .replace(/^change from .*? to .*? failed: /s, '')
    .replace(/^'.*' returned (\d+) instead of one of \[0\]$/s, 'exit code $1')
    .replaceAll(/\/var\/lib\/trencadis\/(?:recipe-)?modules\/[0-9a-f]{64}\//g, '')
    .replaceAll(`file: ${recipeFile}, line: `, 'line ')
    .replaceAll(`file: ${recipeFile}`, 'the recipe');
}
