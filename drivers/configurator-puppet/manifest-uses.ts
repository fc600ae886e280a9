import type { ManifestToken } from './scan-manifest.ts';

/** What a manifest uses that somebody must define; names are in lower case. */
export interface ManifestUse {
  /** `other` is a function, a data type or a file of a module, of which only the module is known. */
  readonly kind: 'class' | 'type' | 'other';
  readonly name: string;
  readonly line: number;
}

const definers: ReadonlySet<string> = new Set(['class', 'define', 'function', 'type']);
const includers: ReadonlySet<string> = new Set(['include', 'require', 'contain', 'inherits']);
/** Words that a `{` follows without being a resource's type. */
const notTypes: ReadonlySet<string> = new Set(
  'class define function type if elsif else unless case node default true false undef inherits'.split(' '),
);
/** Behind these a name is a value. */
const beforeValues: ReadonlySet<string> = new Set(
  '== != =~ !~ < > = + - * / % , if elsif unless case node in and or inherits class define'.split(' '),
);

/** Read from the tokens alone: what is only known while the manifest runs is left to Puppet. */
export function usesOf(tokens: readonly ManifestToken[]): readonly ManifestUse[] {
  const defined = new Set<string>();
  const uses = tokens.flatMap((token, index) => {
    if (token.kind === 'text') return filesOfModules(token);
    if (token.kind !== 'name') return [];
    const next = tokens[index + 1];
    if (definers.has(token.text) && next?.kind === 'name') defined.add(next.text.toLowerCase());
    return usesAt(token, tokens.slice(index + 1, index + maxClasses), tokens[index - 1]);
  });
  return uses.filter(({ name }) => !defined.has(name));
}

/** Tokens of one `include` that are looked at. */
const maxClasses = 200;

function usesAt(
  token: ManifestToken,
  rest: readonly ManifestToken[],
  previous: ManifestToken | undefined,
): readonly ManifestUse[] {
  if (includers.has(token.text)) return classesFrom(rest);
  const isOpened = isSign(rest[0], '{');
  if (token.text === 'class' && isOpened) return classesFrom(rest.slice(1));
  const use = { name: token.text.toLowerCase(), line: token.line };
  if (isOpened && isTypeName(token, previous)) return [{ ...use, kind: 'type' }];
  return token.text.includes('::') ? [{ ...use, kind: 'other' }] : [];
}

function isTypeName({ text }: ManifestToken, previous: ManifestToken | undefined): boolean {
  return /^[a-z_]/.test(text) && !notTypes.has(text) && !(previous && beforeValues.has(previous.text));
}

/** `a::b, 'c'`, `('a')`, `['a', 'b']:` from there on. */
function classesFrom(tokens: readonly ManifestToken[]): readonly ManifestUse[] {
  const names = isSign(tokens[0], '(') || isSign(tokens[0], '[') ? tokens.slice(1) : tokens;
  const uses: ManifestUse[] = [];
  for (let index = 0; index === 0 || isSign(names[index - 1], ','); index += 2) {
    const use = classOf(names[index]);
    if (use === undefined) return uses;
    uses.push(use);
  }
  return uses;
}

function classOf(token: ManifestToken | undefined): ManifestUse | undefined {
  if (token?.kind !== 'name' && token?.kind !== 'text') return undefined;
  const name = token.text.replace(/^::/, '').toLowerCase();
  return /^[a-z][\w:]*$/.test(name) ? { kind: 'class', name, line: token.line } : undefined;
}

const isSign = (token: ManifestToken | undefined, sign: string): boolean =>
  token?.kind === 'sign' && token.text === sign;

function filesOfModules({ text, line }: ManifestToken): readonly ManifestUse[] {
  return [...text.matchAll(/puppet:\/\/\/modules\/([a-z]\w*)\//g)].map(([, name = '']) => ({
    kind: 'other',
    name,
    line,
  }));
}
