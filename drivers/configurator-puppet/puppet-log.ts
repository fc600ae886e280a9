/** One message of Puppet's JSON log (`--logdest FILE.json`). */
export interface PuppetMessage {
  readonly level: string;
  /** `Puppet`, or the path of a resource and a property: `/Stage[main]/A[b]/Exec[c]/returns`. */
  readonly source: string;
  readonly message: string;
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
  return [`${placeOf(failure.source)}${plainReason(failure.message)}`, ...output].join('\n');
}

/** `deploy_gs {'X.gar'}: Exec[unpack X.gar]: `; empty when it concerns the recipe as a whole. */
function placeOf(source: string): string {
  const line = /\/Trencadis::(Add_user|Deploy_gs|Create_database)\[([^\]]*)\]/.exec(source);
  const resource = /.*\/([A-Z][\w:]*\[[^\]]*\])/.exec(source);
  const parts = [line ? `${line[1]?.toLowerCase()} {'${line[2]}'}` : undefined, resource?.[1]];
  return parts.map((part) => (part === undefined ? '' : `${part}: `)).join('');
}

/** Without what only says how Puppet works inside. */
function plainReason(message: string): string {
  return message
    .trim()
    .replace(/^(Evaluation Error: |Error while evaluating an? [A-Za-z ]+, )+/, '')
    .replace(/^change from .*? to .*? failed: /s, '')
    .replace(/^'\[.*\]' returned (\d+) instead of one of \[0\]$/s, 'exit code $1')
    .replaceAll(/\/var\/lib\/trencadis\/modules\/[0-9a-f]{64}\//g, '');
}
