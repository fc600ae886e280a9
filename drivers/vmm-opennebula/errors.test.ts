import { describe, expect, it } from 'vitest';
import { answeredFailure, fault, unreached } from './errors.ts';

describe('failures that OpenNebula answers', () => {
  it.each([
    [0x01_00, "[one.vm.info] User couldn't be authenticated, aborting call.", 'unauthenticated'],
    [0x02_00, '[one.vm.allocate] User [2] : Not authorized to perform CREATE VM .', 'forbidden'],
    [
      0x02_00,
      '[one.vm.allocate] User [2] : user [2] limit of 1 reached for VMS quota in VM.',
      'quota-exceeded',
    ],
    [
      0x02_00,
      '[one.image.allocate] User [2] : group [1] limit of 10 reached for SIZE quota in DATASTORE with ID: 1.',
      'quota-exceeded',
    ],
    [0x08_00, '[one.vm.action] user [2] limit of 4 reached for RUNNING_VMS quota in VM', 'quota-exceeded'],
    [0x02_00, '[one.vm.allocate] User [2] : VM Template includes a restricted attribute RAW.', 'forbidden'],
    [0x04_00, '[one.vm.info] Error getting virtual machine [9].', 'not-found'],
    [
      0x08_00,
      '[one.vm.action] Error performing action "poweroff": This action is not available for state BOOT',
      'conflict',
    ],
    [0x08_00, '[one.image.allocate] Not enough space in datastore', 'unavailable'],
    [0x08_00, '[one.vn.reserve] Not enough free addresses in an address range', 'quota-exceeded'],
    [0x08_00, '[one.image.delete] Cannot delete image. There are 2 VMs using it.', 'conflict'],
    [
      0x08_00,
      '[one.vn.delete] Cannot delete virtual network. Can not remove a virtual network with leases in use',
      'conflict',
    ],
    [0x10_00, '[one.vmpool.info] Incorrect filter_flag', 'internal'],
    [
      0x20_00,
      '[one.vm.allocate] DISK 1: Cannot acquire image 7, it is persistent and already in use',
      'conflict',
    ],
    [0x20_00, '[one.vm.allocate] Cannot get IP/MAC lease from virtual network 3.', 'conflict'],
    [0x20_00, '[one.vm.allocate] DISK 0: Image with ID: 9 does not exist', 'not-found'],
    [0x20_00, '[one.vm.allocate] MEMORY attribute must be a positive integer value.', 'invalid-argument'],
    [0x20_00, '[one.vm.info] Cannot process request, no leader found', 'unavailable'],
    [0x20_00, '[one.vn.allocate] NAME is already taken by NET 4.', 'conflict'],
    [
      0x40_00,
      '[one.image.allocate] Error allocating a new image. NAME is already taken by IMAGE 4.',
      'conflict',
    ],
    [0x80_00, '[one.vm.action] The resource virtual machine is locked.', 'conflict'],
    [0x1_00_00, '[one.vm.allocate] Error replicating log entry 4.', 'unavailable'],
    [0x99_00, 'something new', 'internal'],
  ])('%i "%s" is %s', (number, text, code) => {
    const error = answeredFailure('one.x', text, number);
    expect(error.code).toBe(code);
    expect(error.details).toMatchObject({ method: 'one.x', oneCode: number, text });
    expect(error.message).toMatch(/\.$/);
  });

  it('name the version that a method needs', () => {
    const error = fault('one.vntemplate.instantiate', '5.8', { code: -506, text: 'no such method' });
    expect(error).toMatchObject({ code: 'unsupported', message: expect.stringContaining('version 5.8') });
    expect(fault('one.x', '5.8', { code: -501, text: 'type error' }).code).toBe('internal');
  });
});

describe('connections that fail', () => {
  const because = (code: string) =>
    new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

  it.each(['ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_SOCKET'])('by %s may be there later', (code) => {
    expect(unreached('one.example:2633', because(code))).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('one.example:2633'),
      details: { code },
    });
  });

  it.each(['DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'CERT_HAS_EXPIRED'])(
    'by %s need another certificate',
    (code) => {
      expect(unreached('one.example', because(code))).toMatchObject({
        code: 'unauthenticated',
        message: expect.stringContaining('caCertificate'),
      });
    },
  );
});
