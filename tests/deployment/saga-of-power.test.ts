import { vmName } from '@trencadis/infrastructure';
import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { edgeDocument } from './edge-document.ts';
import { deployOf, keyServer } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';

const deployed = deployOf(edgeDocument());
const vms = [vmName(keyServer.id, 'EDGE', 1), vmName(keyServer.id, 'GT4_JAVA_ANT', 1)];
const stop = await sagaOf({ kind: 'stop', vms }, { after: [deployed] });
const start = await sagaOf({ kind: 'start' }, { after: [deployed, { kind: 'stop' }] });
const reboot = await sagaOf({ kind: 'reboot' }, { after: [deployed] });
afterAll(async () => {
  for (const { dispose } of [stop, start, reboot]) await dispose();
});

describe('a plan that stops VMs at two VM managers', () => {
  it('leaves all others alone', () => {
    expect(stop.graph.steps.map(({ kind }) => kind)).toEqual(['stop-vm@1', 'stop-vm@1']);
  });
  itUnwindsFromEveryStep(stop.graph, stop.makeWorld);
  itResumesAfterEveryLogWrite(stop.graph, stop.makeWorld);
});

describe('a plan that starts all that is off', () => {
  it('configures nothing again', () => {
    const kinds = start.graph.steps.map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual([
      ...Array.from({ length: 3 }, () => 'await-shell@1'),
      ...Array.from({ length: 3 }, () => 'start-vm@1'),
    ]);
  });
  itUnwindsFromEveryStep(start.graph, start.makeWorld);
  itResumesAfterEveryLogWrite(start.graph, start.makeWorld);
});

describe('a plan that reboots all', () => {
  itUnwindsFromEveryStep(reboot.graph, reboot.makeWorld);
  itResumesAfterEveryLogWrite(reboot.graph, reboot.makeWorld);
});
