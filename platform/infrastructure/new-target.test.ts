import { hasErrors, printRadl, readRadl } from '@trencadis/radl';
import { describe, expect, it } from 'vitest';
import type { ChangeRequest } from './change-request.ts';
import { newTarget } from './new-target.ts';
import { addToDocument, parseFragment, removeFromDocument, replaceConfigures } from './edit-document.ts';
import type { Infrastructure, Member } from './model.ts';
import { vmName } from './resource-names.ts';
import { exampleInfrastructure } from './testing/examples.ts';

const radl = `network private
system front (cpu.count = 1 and net_interface.0.connection = 'private')
configure front (add_user {'one': })
deploy front 3
`;
const members = [1, 2, 3].map((number): Member => ({
  systemId: 'front',
  number,
  ordinal: number - 1,
  vmm: 'memory',
  ...(number === 3 ? { isStopped: true } : {}),
}));
const infrastructure = exampleInfrastructure('front', {
  radl,
  members,
  nextOrdinal: 3,
  refusals: ['second'],
});
const nameOf = (number: number) => vmName(infrastructure.id, 'front', number);

function read(text: string) {
  const { document, diagnostics } = readRadl(text, { dialect: 'trencadis' });
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics));
  return document;
}

const decide = (request: ChangeRequest, of: Infrastructure = infrastructure) =>
  newTarget(of, { document: read(of.radl), cloudNames: new Map([['ana~lab', 'lab']]) }, request);
const countsOf = (text: string) =>
  read(text).deploys.map(({ systemId, count, cloudId }) => [systemId, count, cloudId]);

describe('newTarget', () => {
  it('keeps the VMs of a new document’s systems and forgets who had no room', () => {
    const document = { radl: 'network other', dialect: 'im', parameters: { a: 1 } } as const;
    const { target, impulse } = decide({ kind: 'deploy', document });
    expect(target).toMatchObject({ ...document, members, nextOrdinal: 3, refusals: [] });
    expect(impulse).toBeUndefined();
  });

  it('adds to the document', () => {
    const { target } = decide({ kind: 'add', radl: 'system front\ndeploy front 2' });
    expect(countsOf(target.radl)).toEqual([['front', 5, undefined]]);
    expect(target).toMatchObject({ members, refusals: [] });
  });

  it('removes those VMs and no others, and gives their ordinals to nobody', () => {
    const { target } = decide({ kind: 'remove', vms: [nameOf(2), nameOf(2)] });
    expect(target.members.map(({ number }) => number)).toEqual([1, 3]);
    expect(target.nextOrdinal).toBe(3);
    expect(countsOf(target.radl)).toEqual([['front', 2, undefined]]);
    const none = decide({ kind: 'remove', vms: [1, 2, 3].map(nameOf) }).target;
    expect([none.members, countsOf(none.radl)]).toEqual([[], [['front', 0, undefined]]]);
  });

  it('removes from the deploy of the VM manager where the VM is, by its key or its name', () => {
    const text = `${radl.replace('front 3', 'front 1 other')}deploy front 1 lab\ndeploy front 1 lab2\n`;
    const placed = ['other', 'ana~lab', 'ana~lab2'].map((vmm, index): Member => ({
      systemId: 'front',
      number: index + 1,
      ordinal: index,
      vmm,
    }));
    const of = { ...infrastructure, radl: text, members: placed };
    const { target } = decide({ kind: 'remove', vms: [nameOf(2)] }, of);
    expect(countsOf(target.radl)).toEqual([
      ['front', 1, 'other'],
      ['front', 0, 'lab'],
      ['front', 1, 'lab2'],
    ]);
  });

  it('notes who stands by of a service, and nobody of another one', () => {
    const text = radl.replace('deploy front 3', "service web (system = 'front')\ndeploy web");
    const other: Member = { systemId: 'other', number: 1, ordinal: 9, vmm: 'memory', isStandby: true };
    const of = { ...infrastructure, radl: text, members: [...members, other] };
    const scale = (standby: readonly number[] | undefined, from: Infrastructure) => {
      const asked = standby === undefined ? {} : { standby: standby.map(nameOf) };
      const rest = {
        serviceId: 'web',
        counts: { '': 3 },
        retire: [],
        recreate: [],
        order: 'launch-first',
      } as const;
      const { target } = decide({ kind: 'scale', ...rest, ...asked }, from);
      const noted = target.members.filter(({ isStandby }) => isStandby).map(({ ordinal }) => ordinal);
      return { noted, of: { ...from, ...target } };
    };
    const first = scale([2], of);
    expect(first.noted).toEqual([1, 9]);
    expect(scale(undefined, first.of).noted).toEqual([1, 9]);
    expect(scale([1], first.of).noted).toEqual([0, 9]);
    expect(scale([], first.of).noted).toEqual([9]);
  });

  it('alters one VM; what was altered before stays, a disk of an index takes the place of the other', () => {
    const alter = (text: string, of: Infrastructure) =>
      decide({ kind: 'alter', vm: nameOf(1), radl: `system front (${text})` }, of).target;
    const first = alter("cpu.count = 2 and disk.1.size = 1g and disk.1.mount_path = '/a'", infrastructure);
    const second = alter("memory.size = 1024Mi and disk.1.size = 2g and disk.1.mount_path = '/b'", {
      ...infrastructure,
      ...first,
    });
    expect(second.members[0]?.alteration).toMatchObject({
      cpuCount: 2,
      memoryMiB: 1024,
      disks: [{ index: 1, mountPath: '/b' }],
    });
    expect(second.members.slice(1)).toEqual(members.slice(1));
    expect(() => decide({ kind: 'alter', vm: nameOf(1), radl: 'network other' })).toThrow(/one system/);
  });

  it('turns on and off those VMs, or all', () => {
    const off = ({ target }: ReturnType<typeof decide>) =>
      target.members.filter(({ isStopped }) => isStopped).map(({ number }) => number);
    expect(off(decide({ kind: 'stop', vms: [nameOf(1)] }))).toEqual([1, 3]);
    expect(off(decide({ kind: 'stop' }))).toEqual([1, 2, 3]);
    expect(off(decide({ kind: 'start' }))).toEqual([]);
  });

  it('reboots and reconfigures only what is on; one that is named and off is refused', () => {
    for (const kind of ['reboot', 'reconfigure'] as const) {
      expect(decide({ kind }).impulse).toEqual({ kind, vms: [nameOf(1), nameOf(2)] });
      expect(decide({ kind, vms: [nameOf(2)] }).impulse).toEqual({ kind, vms: [nameOf(2)] });
      expect(() => decide({ kind, vms: [nameOf(3)] })).toThrow(/is stopped; start it first/);
    }
  });

  it('reconfigures with new recipes', () => {
    const { target } = decide({ kind: 'reconfigure', radl: "configure front (add_user {'two': })" });
    expect(target.radl).toContain('two');
    expect(target.radl).not.toContain('one');
  });

  it('refuses a VM that is not its own', () => {
    const stranger = vmName(infrastructure.id, 'front', 9);
    const requests: ChangeRequest[] = [
      { kind: 'remove', vms: [stranger] },
      { kind: 'alter', vm: stranger, radl: 'system front (cpu.count = 2)' },
      { kind: 'stop', vms: [stranger] },
      { kind: 'reboot', vms: [stranger] },
      { kind: 'snapshot', vm: stranger, imageName: 'x' },
    ];
    for (const request of requests)
      expect(() => decide(request)).toThrow(expect.objectContaining({ code: 'not-found' }));
  });

  it('repairs what is, and may note who had no room', () => {
    expect(decide({ kind: 'repair' }).target.refusals).toEqual(['second']);
    expect(decide({ kind: 'repair', refusals: ['memory'] }).target.refusals).toEqual(['memory']);
  });
});

describe('an edited document', () => {
  const base = read(radl);
  const again = (document: typeof base) => read(printRadl(document));

  it('means the same once it is printed and read, and comes back when what was added is removed', () => {
    const added = addToDocument(
      base,
      parseFragment('system front\ndeploy front 2\ndeploy front 1 second', 'trencadis'),
    );
    expect(countsOf(printRadl(added))).toEqual([
      ['front', 5, undefined],
      ['front', 1, 'second'],
    ]);
    const at = (...clouds: string[]) => ({ systemId: 'front', clouds });
    const removed = removeFromDocument(again(added), [at('memory'), at('second'), at('memory')]);
    expect(countsOf(printRadl(removed))).toEqual([
      ['front', 3, undefined],
      ['front', 0, 'second'],
    ]);
    const back = removeFromDocument(base, [at('memory')]);
    const whole = addToDocument(again(back), parseFragment('deploy front 1', 'trencadis'));
    expect(printRadl(whole)).toBe(printRadl(base));
  });

  it('keeps the networks that are known, and takes new systems and recipes', () => {
    const fragment = parseFragment(
      "network private (outbound = 'yes')\nsystem front (cpu.count = 4)\nsystem back (cpu.count = 1)\nconfigure front (add_user {'two': })\ndeploy back 1",
      'trencadis',
    );
    const text = printRadl(again(addToDocument(base, fragment)));
    expect(text).not.toContain('outbound');
    expect(text).toMatch(/cpu\.count = 4/);
    expect(text).toContain("'two'");
    expect(countsOf(text)).toEqual([
      ['front', 3, undefined],
      ['back', 1, undefined],
    ]);
  });

  it('takes new recipes alone when it is reconfigured', () => {
    const fragment = parseFragment(
      "system front (cpu.count = 4)\nconfigure front (add_user {'two': })",
      'trencadis',
    );
    const text = printRadl(again(replaceConfigures(base, fragment)));
    expect(text).toContain("'two'");
    expect(text).toMatch(/cpu\.count = 1/);
  });

  it('is refused where its fragment cannot be read, at its place', () => {
    expect(() => parseFragment('deploy front 1', 'trencadis')).not.toThrow();
    expect(() => parseFragment('network a\nsystem (', 'trencadis')).toThrow(/^2:\d+ RADL/);
  });
});
