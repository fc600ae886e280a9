import { describe, expect, it } from 'vitest';
import { limitFiles, parseCgroupTrees } from './cgroup.ts';

const hybrid = `tmpfs /sys/fs/cgroup tmpfs rw,relatime,mode=755 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup /sys/fs/cgroup/pids cgroup rw,relatime,pids 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
cgroup /sys/fs/cgroup/systemd cgroup rw,relatime,name=systemd 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0`;

describe('cgroups', () => {
  it('finds the trees of a hybrid host that a machine needs a group in', () => {
    expect(parseCgroupTrees(hybrid).map(({ mountPoint, version }) => [mountPoint, version])).toEqual([
      ['/sys/fs/cgroup/cpu,cpuacct', 1],
      ['/sys/fs/cgroup/memory', 1],
      ['/sys/fs/cgroup/systemd', 1],
      ['/sys/fs/cgroup/unified', 2],
    ]);
  });

  it('finds the one tree of a version 2 host', () => {
    expect(parseCgroupTrees('cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid 0 0')).toEqual([
      { mountPoint: '/sys/fs/cgroup', version: 2, controllers: [] },
    ]);
  });

  it.each([
    [
      1,
      [
        ['cpu.cfs_period_us', '100000'],
        ['cpu.cfs_quota_us', '150000'],
        ['memory.limit_in_bytes', '1073741824'],
      ],
    ],
    [
      2,
      [
        ['cpu.max', '150000 100000'],
        ['memory.max', '1073741824'],
      ],
    ],
  ] as const)('sets limits under version %i', (version, files) => {
    const tree = { mountPoint: '/x', version, controllers: ['cpu', 'memory'] };
    expect(limitFiles(tree, { cpuCount: 1.5, memoryMiB: 1024 })).toEqual(files);
  });

  it('sets no limit in a tree that has no controllers', () => {
    const tree = { mountPoint: '/x', version: 2, controllers: [] } as const;
    expect(limitFiles(tree, { cpuCount: 1, memoryMiB: 1024 })).toEqual([]);
  });
});
