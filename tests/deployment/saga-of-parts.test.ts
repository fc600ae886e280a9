import { itResumesAfterEveryLogWrite, itUnwindsFromEveryStep } from '@trencadis/saga/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { partsDocument } from './parts-document.ts';
import { deployOf } from './plan-key-server.ts';
import { sagaOf } from './saga-worlds.ts';

const manners = () => ({ mountsDisks: false });
const deployed = await sagaOf(deployOf(partsDocument()), { manners });
const disks =
  "disk.1.size = 1g and disk.1.mount_path = '/moved' and disk.2.size = 1g and disk.2.fstype = 'swap'";
const changed = await sagaOf(deployOf(partsDocument({ outports: '443,8080-80', disks })), {
  after: [deployOf(partsDocument())],
  manners,
});
afterAll(async () => {
  await deployed.dispose();
  await changed.dispose();
});

describe('a plan at a VM manager that mounts no disks', () => {
  it('mounts them once the VM answers, before it is configured', () => {
    const mount = deployed.graph.steps.find(({ kind }) => kind === 'mount-disks@1');
    expect(mount).toMatchObject({
      title: 'mount disk /data of inf-keyserv1-store-1',
      after: ['await-shell:inf-keyserv1-store-1@memory'],
    });
    const configure = deployed.graph.steps.find(({ id }) =>
      id.startsWith('configure-vm:inf-keyserv1-store-1'),
    );
    expect(configure?.after).toContain(mount?.id);
  });
  itUnwindsFromEveryStep(deployed.graph, deployed.makeWorld);
  itResumesAfterEveryLogWrite(deployed.graph, deployed.makeWorld);
});

describe('a plan that opens other ports and has other disks', () => {
  it('changes the network and the VM in place', () => {
    expect(changed.graph.steps.map(({ title }) => title.replaceAll('inf-keyserv1-', ''))).toEqual([
      'change network public in place (open 443/tcp, 8080 to 80/tcp; close 8443/tcp)',
      'create disk store-1-disk2 (1 GiB)',
      'unmount disk /data of store-1',
      'change VM store-1 in place (1 -> 2 disks)',
      'wait for SSH on store-1',
      'mount disks /moved, swap of store-1',
    ]);
  });
  itUnwindsFromEveryStep(changed.graph, changed.makeWorld);
  itResumesAfterEveryLogWrite(changed.graph, changed.makeWorld);
});
