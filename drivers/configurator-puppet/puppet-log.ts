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

/** What failed first, by the recipe's own line where it came from one; later failures are mostly its consequences. */
export function describeFailures(messages: readonly PuppetMessage[]): string {
  const first = messages.find(({ level }) => ['err', 'crit', 'alert', 'emerg'].includes(level));
  if (!first) return 'Puppet did not say why.';
  const output = messages
    .filter(({ level, source }) => level === 'notice' && source === first.source && first.source !== 'Puppet')
    .map(({ message }) => message)
    .slice(-maxOutputLines);
  return [`${placeOf(first.source)}${first.message}`, ...output].join('\n');
}

/** `deploy_gs {'X.gar'} (Exec[unpack X.gar]): `; empty when it concerns the recipe as a whole. */
function placeOf(source: string): string {
  const line = /\/Trencadis::(Add_user|Deploy_gs|Create_database)\[([^\]]*)\]/.exec(source);
  const resource = /\/([A-Z][\w:]*\[[^\]]*\])(?:\/\w+)?$/.exec(source);
  const name = line ? `${line[1]?.toLowerCase()} {'${line[2]}'}` : '';
  if (!resource) return name === '' ? '' : `${name}: `;
  return name === '' ? `${resource[1]}: ` : `${name} (${resource[1]}): `;
}
