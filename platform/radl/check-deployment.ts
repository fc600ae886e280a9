import type { Checking } from './checking.ts';
import type { Span } from './model.ts';

const knownTools = ['Ansible', 'cloud_init', 'Puppet'] as const;

/** `deploy` names a system and a whole number. */
export function checkDeploys(checking: Checking): void {
  for (const { systemId, count, span } of checking.document.deploys) {
    if (checking.serviceIds.has(systemId)) {
      checkServiceDeploy(checking, systemId, { count, span });
      continue;
    }
    checkSystem(checking, systemId, span);
    if (Number.isInteger(count)) continue;
    const severity = checking.severityOfSilence;
    const message = `${count} machines cannot be deployed: the count is a whole number`;
    checking.report({ code: 'RADL320', severity, span, message });
  }
}

function checkServiceDeploy(
  checking: Checking,
  id: string,
  { count, span }: { readonly count: number; readonly span: Span },
): void {
  if (count === 1) return;
  const message = `service ${id} is deployed once: its replicas.min and replicas.max say how many machines`;
  checking.report({ code: 'RADL320', span, message, hint: `write deploy ${id}` });
}

/** `contextualize` names systems and configures, each pair once, with whole steps. */
export function checkContextualize(checking: Checking): void {
  const { contextualize } = checking.document;
  if (contextualize === undefined) return;
  checkTime(checking, contextualize.maxTimeSeconds, contextualize.span);
  const lines = new Map<string, number>();
  for (const { systemId, configureId, step, tool, span } of contextualize.items) {
    checkSystem(checking, systemId, span);
    checkConfigure(checking, configureId, span);
    checkStep(checking, step, span);
    checkTool(checking, tool, span);
    const pair = `${systemId} ${configureId}`;
    const line = lines.get(pair);
    lines.set(pair, line ?? span.line);
    if (line === undefined) continue;
    const severity = 'warning';
    const message = `configure ${configureId} of system ${systemId} is already listed in line ${line}; this one counts`;
    checking.report({ code: 'RADL321', severity, span, message, hint: 'remove one of them' });
  }
}

function checkSystem(checking: Checking, id: string, span: Span): void {
  if (checking.systemIds.has(id)) return;
  const hint = checking.nearest(id, checking.systemIds);
  checking.report({ code: 'RADL312', span, message: `system "${id}" is not declared`, hint });
}

function checkConfigure(checking: Checking, id: string, span: Span): void {
  if (checking.configureIds.has(id)) return;
  const hint = checking.nearest(id, checking.configureIds);
  checking.report({ code: 'RADL313', span, message: `configure "${id}" is not declared`, hint });
}

function checkTime(checking: Checking, time: number | undefined, span: Span): void {
  if (time === undefined || Number.isInteger(time)) return;
  checking.report({ code: 'RADL320', span, message: `the time is a whole number, not ${time}` });
}

function checkStep(checking: Checking, step: number | undefined, span: Span): void {
  if (step === undefined || Number.isInteger(step)) return;
  const message = `a step is a whole number, not ${step}`;
  checking.report({ code: 'RADL320', severity: checking.severityOfSilence, span, message });
}

function checkTool(checking: Checking, tool: string | undefined, span: Span): void {
  if (tool === undefined || knownTools.some((known) => known === tool)) return;
  const hint = checking.nearest(tool, knownTools);
  const message = `"${tool}" is no contextualization tool: ${knownTools.join(', ')}`;
  checking.report({ code: 'RADL323', severity: 'warning', span, message, hint });
}
