import { glob, readFile } from 'node:fs/promises';
import { PlatformError } from '@trencadis/errors';

/** Installed by debian-archive-keyring, which Debian's apt depends on. */
const debianKeyring = '/usr/share/keyrings/debian-archive-keyring.gpg';

interface SourceEntry {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/**
 * The host's own Debian mirrors as one-line entries for `suite`, `suite-updates` and `suite-security`. Third-party
 * entries are left out, and each line demands the Debian keyring, so that nothing else can get into an image.
 */
export function selectDebianSources(files: readonly SourcesFile[], suite: string): readonly string[] {
  const suites = new Set([suite, `${suite}-updates`, `${suite}-security`]);
  const lines = files
    .flatMap(({ name, text }) => (name.endsWith('.sources') ? parseDeb822(text) : parseOneLine(text)))
    .filter((entry) => suites.has(entry.suite) && entry.components.includes('main') && isDebians(entry))
    .map((entry) => `deb [signed-by=${debianKeyring}] ${entry.uri} ${entry.suite} main`);
  return [...new Set(lines)];
}

export interface SourcesFile {
  readonly name: string;
  readonly text: string;
}

/** The sources of this host; `unsupported` when none is Debian's for that suite. */
export async function readDebianSources(suite: string, aptFolder = '/etc/apt'): Promise<readonly string[]> {
  const patterns = ['sources.list', 'sources.list.d/*.list', 'sources.list.d/*.sources'];
  const names: string[] = [];
  for await (const name of glob(patterns, { cwd: aptFolder })) names.push(name);
  const files = await Promise.all(
    names.toSorted().map(async (name) => ({ name, text: await readFile(`${aptFolder}/${name}`, 'utf8') })),
  );
  const selected = selectDebianSources(files, suite);
  if (selected.some((line) => line.endsWith(` ${suite} main`))) return selected;
  const message = `No apt source in ${aptFolder} is Debian's own '${suite}' with component main: add one, for example 'deb http://MIRROR/debian ${suite} main'.`;
  throw new PlatformError('unsupported', message, { subject: aptFolder });
}

function isDebians({ signedBy }: SourceEntry): boolean {
  return signedBy === undefined || /(^|\/)debian-archive-[a-z-]+\.(gpg|asc|pgp)$/.test(signedBy);
}

/** sources.list(5), "ONE-LINE-STYLE FORMAT". */
function parseOneLine(text: string): readonly SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s*)?(\S+)\s+(\S+)\s+([^#]+)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options)?.[1];
    return [{ uri, suite, components: words(components), signedBy }];
  });
}

/** sources.list(5), "DEB822-STYLE FORMAT". */
function parseDeb822(text: string): readonly SourceEntry[] {
  const stanzas = text.replaceAll(/^#.*\n?/gm, '').split(/\n\s*\n/);
  return stanzas.flatMap((stanza) => {
    const fields = new Map(
      [...stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm)].map(([, name = '', value = '']) => [
        name.toLowerCase(),
        value.trim(),
      ]),
    );
    const list = (name: string): readonly string[] => words(fields.get(name) ?? '');
    if (!list('types').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? 'yes')) return [];
    const components = list('components');
    const signedBy = fields.get('signed-by');
    return list('uris').flatMap((uri) =>
      list('suites').map((suite) => ({ uri, suite, components, signedBy })),
    );
  });
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
