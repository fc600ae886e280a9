import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FstabEntry, entriesOf, withEntries } from './fstab.ts';

const data: FstabEntry = { disk: 'data-1', uuid: '1-2', mountPath: '/srv/my data', fsType: 'ext4' };
const swap: FstabEntry = { disk: 'swap-1', uuid: '3-4', mountPath: 'none', fsType: 'swap' };

it('writes entries that no boot waits for, by UUID', () => {
  expect(withEntries('# mine\nUUID=9 / ext4 defaults 0 1\n', [data, swap])).toBe(
    `# mine
UUID=9 / ext4 defaults 0 1
UUID=1-2 /srv/my\\040data ext4 defaults,nofail,x-trencadis.disk=data-1 0 2
UUID=3-4 none swap sw,nofail,x-trencadis.disk=swap-1 0 0
`,
  );
});

it('reads what it wrote, and leaves what others wrote', () => {
  const path = fc.string({ minLength: 1 }).map((text) => `/${text}`);
  const entry = fc.record({
    disk: fc.stringMatching(/^[a-z0-9-]{1,20}$/),
    uuid: fc.uuid(),
    mountPath: path,
    fsType: fc.constantFrom('ext4', 'xfs'),
  });
  const others = fc.constantFrom(
    '',
    '# note\n',
    'UUID=9 / ext4 defaults 0 1\nproc /proc proc defaults 0 0\n',
  );
  fc.assert(
    fc.property(others, fc.array(entry), fc.array(entry), (text, before, entries) => {
      const once = withEntries(withEntries(text, before), entries);
      expect(entriesOf(once)).toEqual(entries);
      expect(withEntries(once, entries)).toBe(once);
      expect(withEntries(once, []).trim()).toBe(text.trim());
    }),
  );
});
