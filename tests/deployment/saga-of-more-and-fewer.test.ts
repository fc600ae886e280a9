import { vmName } from '@trencadis/infrastructure';
import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { edgeDocument } from './edge-document.ts';
import { deployOf, keyServer } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';

const deployed = deployOf(edgeDocument());
const more = 'system GT4_JAVA_ANT\nsystem EDGE\ndeploy GT4_JAVA_ANT 1\ndeploy EDGE 1 second';
const add = await sagaOf({ kind: 'add', radl: more, dialect: 'trencadis' }, { after: [deployed] });
const vms = [vmName(keyServer.id, 'EDGE', 1), vmName(keyServer.id, 'GT4_JAVA_ANT', 1)];
const remove = await sagaOf(
  { kind: 'remove', vms },
  { after: [deployed, { kind: 'add', radl: more, dialect: 'trencadis' }] },
);
afterAll(async () => {
  await add.dispose();
  await remove.dispose();
});

const idsOf = ({ graph }: typeof add, kind: string) =>
  graph.steps.flatMap((step) => (step.kind === kind ? [step.id.replace(/inf-keyserv1-/, '')] : []));

describe('a plan that adds a VM at each of two VM managers', () => {
  it('makes two, and configures these and the one that lets them in', () => {
    expect(idsOf(add, 'create-vm@1')).toEqual(['create-vm:gt4-java-ant-2@memory', 'create-vm:edge-2@second']);
    expect(idsOf(add, 'configure-vm@2')).toEqual([
      'configure-vm:gt4-java-ant-2:1:puppet',
      'configure-vm:backend-postgresql-1:1:puppet',
      'configure-vm:edge-2:1:puppet',
    ]);
  });
  itUnwindsFromEveryStep(add.graph, add.makeWorld);
  itResumesAfterEveryLogWrite(add.graph, add.makeWorld);
});

describe('a plan that removes the first VM of two systems', () => {
  it('deletes exactly these and the disk of one', () => {
    expect(idsOf(remove, 'delete-vm@1').toSorted()).toEqual([
      'delete-vm:edge-1@second',
      'delete-vm:gt4-java-ant-1@memory',
    ]);
    expect(idsOf(remove, 'delete-disk@1')).toEqual(['delete-disk:edge-1-disk1@second']);
    expect(idsOf(remove, 'configure-vm@2')).toEqual(['configure-vm:backend-postgresql-1:1:puppet']);
  });
  itUnwindsFromEveryStep(remove.graph, remove.makeWorld);
  itResumesAfterEveryLogWrite(remove.graph, remove.makeWorld);
});
