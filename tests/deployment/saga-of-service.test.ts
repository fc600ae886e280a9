import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { deployed, orderOf, scaleTo, serviceSaga, short } from './service-changes.ts';

const deploy = await serviceSaga(deployed);
const scaleOut = await serviceSaga(scaleTo(3), deployed);
afterAll(() => Promise.all([deploy.dispose(), scaleOut.dispose()]));

describe('a plan that deploys a service', () => {
  it('sets its balancer up and lets each replica in once it is configured', () => {
    const isBefore = orderOf(deploy);
    for (const number of [1, 2]) {
      expect(isBefore('apply-balancer:keys-lb', `join-service:${number}`)).toBe(true);
      expect(isBefore(`configure-vm:${number}`, `join-service:${number}`)).toBe(true);
    }
    expect(isBefore('await-shell:keys-balancer-1', 'apply-balancer:keys-lb')).toBe(true);
  });
  itUnwindsFromEveryStep(deploy.graph, deploy.makeWorld);
  itResumesAfterEveryLogWrite(deploy.graph, deploy.makeWorld);
});

describe('a plan that adds a replica', () => {
  it('makes one, tells the holder of its database of it, and touches nothing else', () => {
    expect(scaleOut.graph.steps.map(({ id }) => short(id))).toEqual([
      'create-vm:3',
      'await-shell:3',
      'configure-vm:3',
      'configure-vm:database',
      'join-service:3',
    ]);
  });
  itUnwindsFromEveryStep(scaleOut.graph, scaleOut.makeWorld);
  itResumesAfterEveryLogWrite(scaleOut.graph, scaleOut.makeWorld);
});
