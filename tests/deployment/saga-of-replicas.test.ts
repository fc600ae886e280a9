import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { changed, deployed, orderOf, replica, scaleTo, serviceSaga, short } from './service-changes.ts';

const replace = await serviceSaga(scaleTo(2, { retire: [replica(1)] }), deployed);
const other = { retire: [replica(1)], order: 'terminate-first' } as const;
const terminateFirst = await serviceSaga(scaleTo(2, other), deployed);
const inPlace = await serviceSaga(scaleTo(2, { recreate: [replica(1)] }), deployed);
const scaleIn = await serviceSaga(scaleTo(1, { retire: [replica(2)] }), deployed);
const roll = await serviceSaga({ kind: 'roll', serviceId: 'keys', vms: [replica(1)] }, deployed, changed);
const vms = [replica(1), replica(2)];
const reboot = await serviceSaga({ kind: 'reboot', vms }, deployed);
const cases = [replace, terminateFirst, inPlace, scaleIn, roll, reboot];
afterAll(() => Promise.all(cases.map((each) => each.dispose())));

const idsOf = ({ graph }: typeof roll) => graph.steps.map(({ id }) => short(id));

describe('a plan that replaces a replica, launch first', () => {
  it('makes another, lets it in, drains the old one, and deletes that', () => {
    const isBefore = orderOf(replace);
    const order = [
      'create-vm:3',
      'await-shell:3',
      'configure-vm:3',
      'join-service:3',
      'leave-service:1',
      'delete-vm:1',
    ];
    for (const [index, id] of order.slice(1).entries())
      expect([id, isBefore(order[index]!, id)]).toEqual([id, true]);
  });
  it('has the holder of their database let both in, and only the new one once the old one is gone', () => {
    const usersIn = (id: string) => {
      const step = replace.graph.steps.find((each) => short(each.id) === id)!;
      return (step.args as { databases: { usedBy: string[] }[] }).databases[0]?.usedBy;
    };
    expect(usersIn('configure-vm:database')).toEqual([replica(2), replica(3), replica(1)]);
    expect(usersIn('configure-vm:database:again')).toEqual([replica(2), replica(3)]);
    expect(orderOf(replace)('delete-vm:1', 'configure-vm:database:again')).toBe(true);
  });
  itUnwindsFromEveryStep(replace.graph, replace.makeWorld);
  itResumesAfterEveryLogWrite(replace.graph, replace.makeWorld);
});

describe('a plan that replaces a replica, terminate first', () => {
  it('drains and deletes the old one before another is made', () => {
    const isBefore = orderOf(terminateFirst);
    expect(isBefore('leave-service:1', 'delete-vm:1')).toBe(true);
    expect(isBefore('delete-vm:1', 'create-vm:3')).toBe(true);
    expect(idsOf(terminateFirst)).not.toContain('configure-vm:database:again');
  });
  itUnwindsFromEveryStep(terminateFirst.graph, terminateFirst.makeWorld);
});

describe('a plan that makes a replica anew in its place', () => {
  it('drains it, deletes it, and lets the one that has its name in', () => {
    const isBefore = orderOf(inPlace);
    expect(isBefore('leave-service:1', 'delete-vm:1')).toBe(true);
    expect(isBefore('delete-vm:1', 'create-vm:1')).toBe(true);
    expect(isBefore('configure-vm:1', 'join-service:1')).toBe(true);
  });
  itUnwindsFromEveryStep(inPlace.graph, inPlace.makeWorld);
  itResumesAfterEveryLogWrite(inPlace.graph, inPlace.makeWorld);
});

describe('a plan that takes a replica away', () => {
  it('drains it, deletes it, and then has the holder of its database forget it', () => {
    expect(idsOf(scaleIn).toSorted()).toEqual(['configure-vm:database', 'delete-vm:2', 'leave-service:2']);
    expect(orderOf(scaleIn)('delete-vm:2', 'configure-vm:database')).toBe(true);
  });
  itUnwindsFromEveryStep(scaleIn.graph, scaleIn.makeWorld);
  itResumesAfterEveryLogWrite(scaleIn.graph, scaleIn.makeWorld);
});

describe('a plan that rolls a replica', () => {
  it('takes it out of service, configures it, and lets it in again', () => {
    expect(roll.graph.steps.map(({ id, after }) => [short(id), ...after.map(short)])).toEqual([
      ['configure-vm:1', 'leave-service:1'],
      ['leave-service:1'],
      ['join-service:1', 'configure-vm:1', 'leave-service:1'],
    ]);
  });
  itUnwindsFromEveryStep(roll.graph, roll.makeWorld);
  itResumesAfterEveryLogWrite(roll.graph, roll.makeWorld);
});

describe('a plan that reboots replicas', () => {
  it('takes one out of service, and lets it in, before the other', () => {
    const order = [
      'leave-service:1',
      'reboot-vm:1',
      'await-shell:1',
      'join-service:1',
      'leave-service:2',
      'reboot-vm:2',
      'await-shell:2',
      'join-service:2',
    ];
    expect(idsOf(reboot).toSorted()).toEqual(order.toSorted());
    for (const [index, id] of order.slice(1).entries())
      expect([id, orderOf(reboot)(order[index]!, id)]).toEqual([id, true]);
  });
  itUnwindsFromEveryStep(reboot.graph, reboot.makeWorld);
  itResumesAfterEveryLogWrite(reboot.graph, reboot.makeWorld);
});
