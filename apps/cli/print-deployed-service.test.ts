import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  printDeployedServices,
  printEvaluation,
  printServiceEvent,
  printServiceStatus,
} from './print-deployed-service.ts';
import { deployedService, serviceStatus } from './testing/deployed-service.ts';

const at = '2026-01-02T03:04:05.000Z';

describe('deployed services', () => {
  it('are a line each, with their columns aligned', () => {
    const services = [
      deployedService(),
      deployedService({
        service: 'broker',
        condition: 'degraded',
        inService: 1,
        because: '1 of 2 \u001b[31mserve',
      }),
    ];
    expect(printDeployedServices(services)).toBe(
      [
        'shop/front   ok        2 of 2 in service  2 to 4  http://10.0.0.1',
        'shop/broker  degraded  1 of 2 in service  2 to 4  http://10.0.0.1  1 of 2 serve',
        '',
      ].join('\n'),
    );
  });
});

describe('the status of a service', () => {
  it('says how it is, where it is reached, and each replica', () => {
    const text = stripVTControlCharacters(printServiceStatus(serviceStatus({ seenAt: at })));
    expect(text).toBe(
      [
        'shop/front: ok',
        '  2 of 2 replicas in service, 2 to 4',
        '  http://10.0.0.1',
        '    front-1  in-service  running  balancer: up  3 sessions    10.0.1.1',
        '    front-2  in-service  running  balancer: up  3 sessions    10.0.1.2',
        `  as of ${at}`,
        '',
      ].join('\n'),
    );
  });

  it('says what goes on and what is wrong', () => {
    const [first, second] = serviceStatus().replicas;
    const text = stripVTControlCharacters(
      printServiceStatus(
        serviceStatus({
          condition: 'frozen',
          because: '2 of 2 turned unhealthy',
          frozenSince: at,
          suspended: ['scale'],
          hasOwnBounds: true,
          policies: [{ id: 'above', kind: 'above', metric: 'cpu' }],
          pending: { since: at, because: 'replace front-1', planId: 'plan-abcdefghijkl' },
          roll: { startedAt: at, total: 2, rolled: 1, isPaused: true, isRollback: false },
          replicas: [{ ...first!, phase: 'failed', because: 'HTTP 503', isProtected: true }, second!],
          decisions: [{ at, desiredBefore: 2, desiredAfter: 3, verdict: 'one more' }],
        }),
      ),
    );
    for (const line of [
      'shop/front: frozen: 2 of 2 turned unhealthy',
      '2 to 4 instead of the document’s; scaled by above (cpu)',
      `nothing is replaced since ${at}: trencadis service thaw`,
      'suspended: scale',
      `since ${at}: replace front-1 (plan-abcdefghijkl)`,
      `rolling update: 1 of 2 replicas since ${at}, paused`,
      'protected',
      '        HTTP 503',
      `    ${at} [2 -> 3] one more`,
    ])
      expect(text).toContain(line);
  });
});

it('an evaluation is its verdict, and each finding with its rule', () => {
  const findings = [{ rule: 'AS-02', text: 'mean cpu 91.2 % > 80 %', values: {} }];
  expect(printEvaluation({ at, desiredBefore: 2, desiredAfter: 2, verdict: 'nothing', findings })).toBe(
    `${at} nothing\n    AS-02: mean cpu 91.2 % > 80 %\n`,
  );
});

it('an event is one line', () => {
  expect(printServiceEvent({ sequence: 1, at, kind: 'scale', text: '2 become 3' })).toBe(
    `${at} [scale] 2 become 3\n`,
  );
});
