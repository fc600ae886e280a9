import type { Checking } from './checking.ts';
import { type FeatureOwner, textOf } from './features.ts';
import type { Span } from './model.ts';

interface Section {
  readonly id: string;
  readonly span: Span;
}

/** An id names one section of its kind. */
export function checkDuplicateIds(checking: Checking): void {
  const { networks, systems, configures, ansibles, services, inputs, outputs } = checking.document;
  const kinds: readonly [string, readonly Section[]][] = [
    ['network', networks],
    ['system', systems],
    ['configure', configures],
    ['ansible', ansibles],
    ['service', services],
    ['input', inputs],
    ['output', outputs],
  ];
  for (const [kind, sections] of kinds) {
    const lines = new Map<string, number>();
    for (const { id, span } of sections) {
      const line = lines.get(id);
      lines.set(id, line ?? span.line);
      if (line === undefined) continue;
      const message = `${kind} ${id} is already declared in line ${line}`;
      checking.report({ code: 'RADL310', span, message, hint: 'rename one of them or join them' });
    }
  }
}

/** An ansible section says where Ansible runs and how to get in. */
export function checkAnsibles(checking: Checking): void {
  for (const ansible of checking.document.ansibles) {
    const missing = ['host', 'credentials.username'].filter((key) => isMissing(ansible, key));
    const secrets = ['credentials.password', 'credentials.private_key'];
    if (secrets.every((key) => isMissing(ansible, key))) missing.push(secrets.join(' or '));
    if (missing.length === 0) continue;
    const message = `ansible ${ansible.id} lacks ${missing.join(', ')}`;
    checking.report({ code: 'RADL319', span: ansible.span, message });
  }
}

function isMissing(ansible: FeatureOwner, key: string): boolean {
  return (textOf(ansible, key) ?? '') === '';
}

/** Sections that nothing uses are most likely misspelt somewhere. IM says nothing about them. */
export function checkUnused(checking: Checking): void {
  if (checking.dialect === 'im') return;
  checkUnusedConfigures(checking);
  const { systems, services, networks, ansibles, deploys } = checking.document;
  const deployed = new Set(deploys.map(({ systemId }) => systemId));
  const replicated = services.flatMap((service) =>
    ['system', 'balancer.system'].flatMap((key) => textOf(service, key) ?? []),
  );
  if (deploys.length > 0) {
    reportUnused(checking, 'system', systems, new Set([...deployed, ...replicated]));
    reportUnused(checking, 'service', services, deployed);
  }
  if (systems.length === 0) return;
  const used = new Set<string>();
  const hosts = new Set<string>();
  for (const { features } of systems) {
    for (const feature of features) {
      if (feature.kind !== 'comparison' || feature.value.kind !== 'text') continue;
      if (feature.key.endsWith('.connection')) used.add(feature.value.text);
      if (feature.key === 'ansible_host') hosts.add(feature.value.text);
    }
  }
  reportUnused(checking, 'network', networks, used);
  reportUnused(checking, 'ansible', ansibles, hosts);
}

function reportUnused(
  checking: Checking,
  kind: string,
  sections: readonly (Section & { readonly isReference?: boolean })[],
  used: ReadonlySet<string>,
): void {
  for (const { id, span, isReference = false } of sections) {
    if (used.has(id) || isReference) continue;
    const message = `nothing uses ${kind} ${id}`;
    checking.report({ code: 'RADL322', severity: 'warning', span, message });
  }
}

/** A configure runs on the system of its name, or where `contextualize` says. */
function checkUnusedConfigures(checking: Checking): void {
  const { configures, contextualize } = checking.document;
  const listed = new Set(contextualize?.items.map(({ configureId }) => configureId));
  for (const { id, span, isReference } of configures) {
    if (isReference || listed.has(id) || checking.systemIds.has(id)) continue;
    const hint = checking.nearest(id, checking.systemIds);
    if (checking.dialect === 'paper') {
      checking.report({ code: 'RADL312', span, message: `configure ${id} names no system`, hint });
    } else {
      const message = `nothing uses configure ${id}: no system has its name and no contextualize lists it`;
      checking.report({ code: 'RADL322', severity: 'warning', span, message, hint });
    }
  }
}
