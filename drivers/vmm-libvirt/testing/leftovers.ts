import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { execa } from 'execa';

export interface World {
  readonly domains: readonly string[];
  readonly networks: readonly string[];
  readonly links: readonly string[];
  readonly rules: readonly string[];
  readonly temporary: readonly string[];
}

/** Everything of this host that a driver of libvirt could leave, but volumes. */
export async function look(virsh: (...words: string[]) => Promise<string>): Promise<World> {
  const [domains, networks, links, rules, temporary] = await Promise.all([
    virsh('list', '--all', '--name'),
    virsh('net-list', '--all', '--name'),
    execa('ip', ['-brief', 'link', 'show', 'type', 'bridge']).then(({ stdout }) => stdout),
    execa('iptables-save', [], { reject: false }).then(({ stdout }) => stdout ?? ''),
    readdir(tmpdir()),
  ]);
  return {
    domains: lines(domains),
    networks: lines(networks),
    // Others make links at the same time.
    links: lines(links).flatMap((line) => /^virbr\S*/.exec(line)?.[0] ?? []),
    rules: lines(rules).filter((line) => line.startsWith('-A') && line.includes('virbr')),
    temporary: temporary.filter((name) => name.startsWith('trencadis-libvirt-')),
  };
}

export function lines(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => line.trim() || []);
}

/** What is there now and was not before. */
export function difference(before: World, now: World): readonly string[] {
  const kinds = ['domains', 'networks', 'links', 'rules', 'temporary'] as const;
  return kinds.flatMap((kind) =>
    now[kind].filter((name) => !before[kind].includes(name)).map((name) => `${kind}: ${name}`),
  );
}
