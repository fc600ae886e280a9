import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { edgeDocument } from './edge-document.ts';
import { deployOf } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';

const { graph, makeWorld, dispose } = await sagaOf(deployOf(edgeDocument()));
afterAll(dispose);

describe('a plan on two VM managers', () => {
  it('makes networks, a disk and VMs at both', () => {
    const placed = graph.steps.map(({ id }) => id.replaceAll(/inf-keyserv1-|-\d(?=@)/g, ''));
    expect(placed).toEqual(expect.arrayContaining(['create-network:public@memory', 'create-vm:edge@second']));
    expect(placed.filter((each) => each.endsWith('@second'))).toEqual([
      'create-network:public@second',
      'create-disk:edge-1-disk1@second',
      'create-vm:edge@second',
      'await-shell:edge@second',
    ]);
  });
  itUnwindsFromEveryStep(graph, makeWorld);
  itResumesAfterEveryLogWrite(graph, makeWorld);
});
