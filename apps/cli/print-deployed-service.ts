import { styleText } from 'node:util';
import type {
  EvaluationView,
  ListedServiceView,
  ServiceEventView,
  ServiceStatusView,
} from '@trencadis/service-controller/client';
import { plainText } from './draw-board.ts';
import { printTable } from './print-table.ts';
import { shortName } from './summarize-plan.ts';

const colours = { ok: 'green', degraded: 'yellow', frozen: 'red' } as const;

/** One line a deployed service. */
export function printDeployedServices(services: readonly ListedServiceView[]): string {
  const rows = services.map((each) => [
    `${each.infrastructureName}/${each.service}`,
    each.condition,
    `${each.inService} of ${each.desired} in service`,
    `${each.min} to ${each.max}`,
    each.endpoints[0] ?? '',
    each.because === undefined ? '' : plainText(each.because),
  ]);
  return printTable(rows);
}

/** One service for a person: condition, size, replicas, what goes on, and what was decided last. */
export function printServiceStatus(status: ServiceStatusView): string {
  const { infrastructureName, service, condition, because, endpoints } = status;
  const title = styleText('bold', `${infrastructureName}/${service}`);
  const reason = because === undefined ? '' : `: ${plainText(because)}`;
  return [
    `${title}: ${styleText(colours[condition], condition)}${reason}`,
    `  ${sizeLine(status)}`,
    ...endpoints.map((endpoint) => `  ${endpoint}`),
    ...status.troubles.map((trouble) => `  ${styleText('yellow', plainText(trouble))}`),
    ...activityLines(status),
    ...replicaLines(status),
    ...decisionLines(status),
    '',
  ].join('\n');
}

function sizeLine({
  inService,
  desired,
  min,
  max,
  hasOwnBounds,
  policies,
  engine,
}: ServiceStatusView): string {
  const bounds = `${min} to ${max}${hasOwnBounds ? ' instead of the document’s' : ''}`;
  const scaling = policies.map(({ id, metric }) => `${id} (${metric})`).join(', ');
  const keeper = engine === 'native' ? '; kept by the VM manager’s own engine' : '';
  return `${inService} of ${desired} replicas in service, ${bounds}${scaling === '' ? '' : `; scaled by ${scaling}`}${keeper}`;
}

function activityLines({ frozenSince, suspended, pending, roll }: ServiceStatusView): string[] {
  return [
    ...(frozenSince === undefined
      ? []
      : [`  nothing is replaced since ${frozenSince}: trencadis service thaw`]),
    ...(suspended.length === 0 ? [] : [`  suspended: ${suspended.join(', ')}`]),
    ...(pending === undefined
      ? []
      : [
          `  since ${pending.since}: ${plainText(pending.because)}${pending.planId === undefined ? '' : ` (${pending.planId})`}`,
        ]),
    ...(roll === undefined ? [] : [`  ${rollLine(roll)}`]),
  ];
}

function rollLine(roll: NonNullable<ServiceStatusView['roll']>): string {
  const { rolled, total, isPaused, waitsUntil, isRollback, failed, startedAt } = roll;
  const what = isRollback ? 'rolling back' : 'rolling update';
  const states = [
    ...(isPaused ? ['paused'] : []),
    ...(waitsUntil === undefined ? [] : [`waits until ${waitsUntil}`]),
    ...(failed === undefined ? [] : [`failed: ${plainText(failed)}`]),
  ];
  const state = states.length === 0 ? '' : `, ${states.join(', ')}`;
  return `${what}: ${rolled} of ${total} replicas since ${startedAt}${state}`;
}

function replicaLines({ replicas, infrastructureId }: ServiceStatusView): string[] {
  const rows = replicas.map((each) => [
    `    ${shortName(each.name, infrastructureId)}`,
    each.phase,
    each.vm,
    each.member === undefined ? '' : `balancer: ${each.member}`,
    each.sessions === undefined ? '' : `${each.sessions} sessions`,
    [each.cloud, each.zone].filter((part) => part !== undefined && part !== '').join('/'),
    each.address ?? '',
    [...(each.isProtected ? ['protected'] : []), ...(each.isOutdated ? ['outdated'] : [])].join(', '),
  ]);
  const lines = printTable(rows).split('\n');
  return replicas.flatMap(({ because }, at) => [
    lines[at] ?? '',
    ...(because === undefined ? [] : [`        ${styleText('red', plainText(because))}`]),
  ]);
}

function decisionLines({ decisions, seenAt }: ServiceStatusView): string[] {
  return [
    ...(decisions.length === 0 ? [] : ['  decided last:']),
    ...decisions.map((decision) => `    ${decisionLine(decision)}`),
    ...(seenAt === undefined ? [] : [styleText('dim', `  as of ${seenAt}`)]),
  ];
}

function decisionLine({
  at,
  desiredBefore,
  desiredAfter,
  verdict,
}: Pick<EvaluationView, 'at' | 'desiredBefore' | 'desiredAfter' | 'verdict'>): string {
  const size = desiredBefore === desiredAfter ? '' : ` [${desiredBefore} -> ${desiredAfter}]`;
  return `${at}${size} ${plainText(verdict)}`;
}

type Explained = Omit<EvaluationView, 'snapshot' | 'isDecision'>;

/** Why it was decided so: the verdict, then each finding with its rule. */
export function printEvaluation(evaluation: Explained): string {
  const findings = evaluation.findings.map(({ rule, text }) => `    ${rule}: ${plainText(text)}\n`);
  return `${decisionLine(evaluation)}\n${findings.join('')}`;
}

/** One line: when, what kind, what. */
export function printServiceEvent({ at, kind, text }: ServiceEventView): string {
  return `${at} [${kind}] ${plainText(text)}\n`;
}
