import { test as propertyTest } from '@fast-check/vitest';
import { later } from '@trencadis/clock';
import { sha256OfJson } from '@trencadis/ids';
import fc from 'fast-check';
import { describe, expect } from 'vitest';
import { withRenewals } from './certificate-life.ts';
import type { DesiredInfrastructure } from './model.ts';
import { planDeploy } from './plan.ts';
import { outdatedReplicas } from './services/outdated-replicas.ts';
import { nothingObserved } from './testing/arbitrary-infrastructure.ts';
import { arbitraryServed } from './testing/arbitrary-services.ts';
import { simulatePlan } from './testing/simulate-plan.ts';

const hash = sha256OfJson;
const createdAt = new Date('2026-01-01T00:00:00Z');
const afterDays = (days: number) => later(createdAt, days * 86_400_000);

const ended = (desired: DesiredInfrastructure): DesiredInfrastructure => ({
  ...desired,
  balancers: desired.balancers.map((balancer) => ({
    ...balancer,
    frontends: balancer.frontends.map((frontend) => ({ ...frontend, protocol: 'https' as const })),
  })),
});

describe('withRenewals', () => {
  propertyTest.prop([arbitraryServed, fc.nat({ max: 299 })])('changes nothing at first', (desired, days) => {
    expect(withRenewals(desired, { createdAt }, afterDays(days))).toEqual(desired);
  });

  propertyTest.prop([arbitraryServed.map(ended), fc.integer({ min: 1, max: 9 })])(
    'has replicas brought up to date in their turn, and balancers that end TLS set up again, once each time',
    (desired, turn) => {
      const before = simulatePlan(planDeploy(desired, nothingObserved, { hash }), nothingObserved, {
        desired,
      });
      const due = withRenewals(desired, { createdAt }, afterDays(turn * 300));
      const replicas = new Set(desired.services.flatMap((service) => service.replicas));
      const configured = desired.vms.filter(
        ({ isStopped, isStandby = false, configurations, spec }) =>
          !isStopped && !isStandby && configurations.length > 0 && replicas.has(spec.name),
      );
      const isJoined = ({ spec }: (typeof configured)[number]) =>
        Object.keys(before.configured[spec.name] ?? {}).some((stage) => stage.startsWith('service:'));
      expect(outdatedReplicas(due, before, hash).toSorted()).toEqual(
        configured
          .filter(isJoined)
          .map(({ spec }) => spec.name)
          .toSorted(),
      );
      const steps = planDeploy(due, before, { hash });
      const after = simulatePlan(steps, before, { desired: due });
      const kinds = new Set(steps.map(({ kind }) => kind));
      for (const kind of ['create-vm@1', 'delete-vm@1', 'update-vm@1']) expect(kinds).not.toContain(kind);
      const isSetUp = (name: string) => before.configured[name] !== undefined;
      expect(steps.filter(({ kind }) => kind === 'apply-balancer@1')).toHaveLength(
        desired.balancers.filter(({ name }) => isSetUp(name)).length,
      );
      const still = withRenewals(desired, { createdAt }, afterDays(turn * 300 + 299));
      expect(planDeploy(still, after, { hash })).toEqual([]);
    },
  );
});
