import { systemClock } from '@trencadis/clock';
import type { RemoteShell } from '@trencadis/contextualization';
import { brandId } from '@trencadis/ids';
import { describe, expect, it } from 'vitest';
import { mountGuestDisks } from './guest-disks.ts';
import type { DesiredMount } from './model.ts';
import { SimulatedGuest } from './testing/simulated-guest.ts';

const mountOf = (name: string, mountPath: string, fsType = 'ext4'): DesiredMount => ({
  disk: brandId('DiskName', name),
  mountPath,
  fsType,
});
const data = mountOf('data', '/data');
const device = (name: string) => `/dev/disk/by-id/${name}`;
const devices = Object.fromEntries(['data', 'more', 'swap'].map((name) => [name, device(name)]));

/** A clock on which nothing takes time. */
let now = 0;
const clock = {
  ...systemClock,
  now: () => new Date(now),
  sleep: async (ms: number) => {
    now += ms;
  },
};

async function mount(guest: SimulatedGuest, disks: readonly DesiredMount[]): Promise<readonly string[]> {
  const lines: string[] = [];
  const parts = {
    shell: guest.shell as RemoteShell,
    clock,
    signal: AbortSignal.timeout(10_000),
    progress: (line: string) => void lines.push(line),
  };
  await mountGuestDisks(parts, { vmName: 'db-1', disks, devices });
  return lines;
}

describe('disks in a guest', () => {
  it('are formatted where they are blank, and mounted now and after each boot', async () => {
    const guest = new SimulatedGuest();
    expect(await mount(guest, [data, mountOf('more', '/more', 'xfs')])).toEqual([
      'disk data is blank: formatting it with ext4',
      'disk more is blank: formatting it with xfs',
      'disk data is mounted at /data',
      'disk more is mounted at /more',
    ]);
    expect(guest.formatted).toEqual([`mkfs.ext4 ${device('data')}`, `mkfs.xfs ${device('more')}`]);
    const mounted = new Map(guest.mounts);
    guest.boot();
    expect(guest.mounts).toEqual(mounted);
  });

  it('stay as they are the second time', async () => {
    const guest = new SimulatedGuest();
    await mount(guest, [data]);
    const { fstab } = guest;
    guest.ran.length = 0;
    expect(await mount(guest, [data])).toEqual([]);
    expect([guest.fstab, guest.formatted]).toEqual([fstab, []]);
    expect(guest.ran.filter((line) => /^mount |^umount/.test(line))).toEqual([]);
  });

  it('are never formatted when they hold something, whatever is asked for', async () => {
    const guest = new SimulatedGuest();
    guest.contents.set(device('data'), { type: 'xfs', uuid: 'old' });
    await mount(guest, [data]);
    expect(guest.formatted).toEqual([]);
    expect(guest.mounts.get('/data')).toBe('old');
    expect(guest.fstab).toContain('UUID=old /data xfs ');
  });

  it.each([
    ['partitions', { partitions: 'gpt' }, data, /disk data is not blank and holds no file system/],
    ['swap', { type: 'swap', uuid: 'old' }, data, /holds swap, and ext4 is asked for. It is not formatted/],
    ['a file system', { type: 'ext4', uuid: 'old' }, mountOf('data', 'none', 'swap'), /holds ext4, and swap/],
  ])('that hold %s are refused instead of being destroyed', async (_, content, asked, message) => {
    const guest = new SimulatedGuest();
    guest.contents.set(device('data'), content);
    await expect(mount(guest, [asked])).rejects.toMatchObject({
      code: 'invalid-argument',
      message: expect.stringMatching(message),
    });
    expect([guest.formatted, guest.fstab]).toEqual([[], '# made with the image\n']);
  });

  it('may be swap', async () => {
    const guest = new SimulatedGuest();
    const swap = mountOf('swap', '/mnt/disk1', 'swap');
    expect(await mount(guest, [swap])).toContain('disk swap is used as swap');
    expect(await mount(guest, [swap])).toEqual([]);
    expect(await mount(guest, [])).toEqual(['disk swap is unmounted']);
    expect([guest.swaps.size, guest.fstab]).toEqual([0, '# made with the image\n']);
  });

  it('that leave are unmounted, and those that move as well', async () => {
    const guest = new SimulatedGuest();
    await mount(guest, [data, mountOf('more', '/more')]);
    await mount(guest, [mountOf('data', '/elsewhere')]);
    expect([...guest.mounts.keys()]).toEqual(['/elsewhere']);
    expect(guest.fstab).not.toMatch(/\/more|\/data /);
  });

  it('that leave while they are in use are not torn away', async () => {
    const guest = new SimulatedGuest();
    await mount(guest, [data]);
    guest.busy.add('/data');
    await expect(mount(guest, [])).rejects.toThrow(
      'VM db-1: disk data cannot be unmounted from /data: umount: /data: target is busy.',
    );
    expect(guest.fstab).toContain('/data');
  });

  it('need a device that shows up, and a program to format them', async () => {
    const guest = new SimulatedGuest();
    await expect(mount(guest, [mountOf('lost', '/lost')])).rejects.toThrow(/does not say where disk lost is/);
    guest.missingPrograms.add('mkfs.xfs');
    await expect(mount(guest, [mountOf('data', '/data', 'xfs')])).rejects.toThrow(
      /its image has no mkfs.xfs/,
    );
    guest.absent.add(device('data'));
    await expect(mount(guest, [data])).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('did not show up as /dev/disk/by-id/data within 60 s'),
    });
  });

  it('are not mounted over something else', async () => {
    const guest = new SimulatedGuest();
    guest.mounts.set('/data', 'foreign');
    await expect(mount(guest, [data])).rejects.toMatchObject({ code: 'conflict' });
  });
});
