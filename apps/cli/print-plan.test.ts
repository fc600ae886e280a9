import { describe, expect, it } from 'vitest';
import { printPlan } from './print-plan.ts';
import { examplePlan, manyVms, vmStep } from './testing/example-plan.ts';

describe('printPlan', () => {
  it('fits a thousand VMs on one screen', () => {
    expect(printPlan(examplePlan(manyVms(1000))).split('\n').length).toBeLessThan(24);
  });

  it('says why each image and each place was chosen, and why others were not', () => {
    const text = printPlan(
      examplePlan([vmStep('create', 'db-1')], {
        images: [
          {
            systemId: 'db',
            vmm: 'site',
            vmiId: 'postgresql',
            vmiName: 'PostgreSQL',
            score: 3,
            verdicts: [
              { holds: true, because: 'it has PostgreSQL 15' },
              { holds: false, because: 'no ant' },
            ],
          },
        ],
        placements: [
          {
            systemIds: ['db', 'web'],
            vmm: 'site',
            because: 'it is cheapest',
            others: [{ vmm: 'far', because: 'has no image', isPossible: false }],
          },
        ],
      }),
    );
    for (const line of [
      'db boots "PostgreSQL" at site',
      '✓ it has PostgreSQL 15',
      '· no ant',
      'db, web at site: it is cheapest',
      'not far: has no image',
    ]) {
      expect(text).toContain(line);
    }
  });

  it('tells the cost and how quotas are used up', () => {
    const text = printPlan(
      examplePlan([vmStep('create', 'db-1')], {
        cost: { currency: 'EUR', perHour: 0.5, unpriced: ['lab'] },
        quotas: [{ whose: 'site', what: 'vms', used: 9, asked: 3, limit: 10 }],
      }),
    );
    expect(text).toContain('0.5000 EUR an hour, 365.00 a month; without lab');
    expect(text).toContain('site: 9 + 3 of 10 VMs: 2 too many');
  });

  it('ends with counts, without colours where there is no terminal', () => {
    const text = printPlan(
      examplePlan([vmStep('create', 'a-1'), vmStep('start', 'a-2'), vmStep('start', 'a-3')]),
    );
    expect(text).toMatch(
      /\nPlan: 1 to create, 0 to change in place, 0 to replace, 0 to delete; 2 to start\n$/,
    );
    expect(text).not.toContain('\u001b');
  });

  it('says so when there is nothing to do', () => {
    expect(printPlan(examplePlan([]))).toBe('Nothing to do: everything is as asked for.\n');
  });
});
