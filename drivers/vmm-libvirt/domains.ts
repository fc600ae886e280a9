import { PlatformError } from '@trencadis/errors';
import { type Tag, type VmName, parseId } from '@trencadis/ids';
import { z } from 'zod';
import { type Facts, type Phase, factsSchema, phaseNamespace } from './facts.ts';
import { heldByOther, notFound } from './errors.ts';
import type { Site } from './site.ts';
import { parseXml, xmlText } from './xml.ts';

export interface Domain {
  readonly name: VmName;
  readonly uuid: string;
  /** As virsh says it: `running`, `shut off`, `crashed`, `paused`, ... */
  readonly state: string;
  /** Why it is in that state: `booted`, `destroyed`, `I/O error`, ...; '' when not said. */
  readonly reason: string;
  readonly phase: Phase;
  readonly facts: Facts;
  readonly cpuCount: number;
  readonly memoryMiB: number;
}

const domainSchema = z.object({
  domain: z.object({
    '@type': z.string(),
    name: z.string(),
    uuid: z.string(),
    memory: xmlText,
    vcpu: xmlText,
    metadata: z
      .object({
        vm: xmlText.optional(),
        phase: xmlText.pipe(z.enum(['new', 'started', 'restarting'])).optional(),
      })
      .optional(),
  }),
});

/** How a domain of ours begins its title, by which a list of all domains tells them and their tags. */
export const titleOf = (tag: Tag) => `trencadis ${tag}`;

const row =
  /^ *(?:\d+|-) +([a-z0-9][a-z0-9-]*) +(?:running|idle|paused|in shutdown|shut off|crashed|pmsuspended|no state) +trencadis (\S+)$/;

/** All domains of ours, or those of one tag: two calls, however many there are. */
export async function listDomains(site: Site, signal: AbortSignal, tag?: Tag): Promise<readonly Domain[]> {
  const text = await site.virsh.read(['list', '--all', '--title'], signal);
  const names = text.split('\n').flatMap((line) => {
    const [, name = '', owner] = row.exec(line.trimEnd()) ?? [];
    const id = parseId('VmName', name);
    return id !== undefined && (tag === undefined || owner === tag) ? [id] : [];
  });
  const domains = await readDomains(site, names, signal);
  return domains.filter((domain) => tag === undefined || domain.facts.tag === tag);
}

async function readDomains(
  site: Site,
  names: readonly VmName[],
  signal: AbortSignal,
): Promise<readonly Domain[]> {
  const commands = names.flatMap((name) => [
    ['dumpxml', '--inactive', name],
    ['domstate', '--reason', name],
  ]);
  const answers = await site.virsh.each(commands, { signal, isInterruptible: true });
  return names.flatMap((name, index) => {
    const found = readDomain(name, answers[index * 2] ?? '', answers[index * 2 + 1] ?? '');
    return typeof found === 'object' ? [found] : [];
  });
}

/** `foreign`: a domain of that name is there, and not ours. */
export async function findDomain(
  site: Site,
  name: VmName,
  signal: AbortSignal,
): Promise<Domain | 'foreign' | undefined> {
  const commands = [
    ['dumpxml', '--inactive', name],
    ['domstate', '--reason', name],
  ];
  const [document = '', state = ''] = await site.virsh.each(commands, { signal, isInterruptible: true });
  return readDomain(name, document, state);
}

export async function getDomain(site: Site, name: VmName, signal: AbortSignal): Promise<Domain> {
  const domain = await findDomain(site, name, signal);
  if (domain === 'foreign') throw heldByOther('VM', name, undefined);
  if (domain === undefined) throw notFound('VM', name);
  return domain;
}

export function readDomain(name: VmName, document: string, state: string): Domain | 'foreign' | undefined {
  if (document === '' || state === '') return undefined;
  const { domain } = parseXml(document, domainSchema);
  const text = domain.metadata?.vm;
  if (text === undefined) return 'foreign';
  const [, shortState = state, reason = ''] = /^(.*?)(?: \((.*)\))?$/.exec(state) ?? [];
  return {
    name,
    uuid: domain.uuid,
    state: shortState,
    reason,
    phase: domain.metadata?.phase ?? 'new',
    facts: readFacts(name, text),
    cpuCount: Number(domain.vcpu),
    memoryMiB: Math.round(Number(domain.memory) / 1024),
  };
}

function readFacts(name: VmName, text: string): Facts {
  const facts = factsSchema.safeParse(JSON.parse(text));
  if (facts.success) return facts.data;
  const message = `The metadata of the domain ${name} is damaged: restore it (virsh metadata), or remove the domain.`;
  throw new PlatformError('conflict', message, { subject: name, details: { problem: facts.error.message } });
}

export function isActive({ state }: Domain): boolean {
  return state !== 'shut off' && state !== 'no state';
}

/** Written beside the configuration, so that it needs no new one. */
export async function setPhase(site: Site, domain: Domain, phase: Phase, signal: AbortSignal): Promise<void> {
  const live = isActive(domain) ? ['--live'] : [];
  const words = ['--uri', phaseNamespace, '--key', 'phase', '--set', `<phase>${phase}</phase>`];
  await site.virsh.run(['metadata', domain.name, '--config', ...live, ...words], { signal });
}
