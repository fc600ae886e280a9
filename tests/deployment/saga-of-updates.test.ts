import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { edgeDocument } from './edge-document.ts';
import { deployOf, keyServer } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';
import { vmName } from '@trencadis/infrastructure';

const before = { after: [deployOf(edgeDocument())] };
const vm = vmName(keyServer.id, 'EDGE', 1);
const disks = "system EDGE (cpu.count = 2 and disk.2.size = 2g and disk.2.mount_path = '/more')";
const resized = await sagaOf(deployOf(edgeDocument({ memory: '2048m' })), before);
const altered = await sagaOf({ kind: 'alter', vm, radl: disks, dialect: 'trencadis' }, before);
afterAll(async () => {
  await resized.dispose();
  await altered.dispose();
});

describe('a plan that changes the size of a VM in place', () => {
  it('makes and deletes none', () => {
    expect(resized.graph.steps.map(({ kind }) => kind)).toEqual(['update-vm@1', 'await-shell@1']);
  });
  itUnwindsFromEveryStep(resized.graph, resized.makeWorld);
  itResumesAfterEveryLogWrite(resized.graph, resized.makeWorld);
});

describe('a plan that gives one VM another size and one more disk', () => {
  it('makes the disk and no VM', () => {
    expect(altered.graph.steps.map(({ kind }) => kind)).toEqual([
      'create-disk@1',
      'update-vm@1',
      'await-shell@1',
    ]);
  });
  itUnwindsFromEveryStep(altered.graph, altered.makeWorld);
  itResumesAfterEveryLogWrite(altered.graph, altered.makeWorld);
});
