import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { translated } from './errors.ts';

const signal = new AbortController().signal;

describe('what virsh says', () => {
  it.each([
    [
      "error: Failed to define network from a.xml\nerror: operation failed: network 'a' already exists with uuid x",
      'conflict',
    ],
    ['error: storage volume already: No space left on device', 'quota-exceeded'],
    ["error: failed to get domain 'x'", 'not-found'],
    [
      "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/var/run/libvirt/libvirt-sock': No such file or directory",
      'unavailable',
    ],
    [
      "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/run/libvirt/libvirt-sock': Permission denied",
      'forbidden',
    ],
    ['error: authentication unavailable: no polkit agent available', 'forbidden'],
    ['error: Cannot recv data: Host key verification failed.: Connection reset by peer', 'unauthenticated'],
    [
      'error: Cannot recv data: me@h: Permission denied (publickey).: Connection reset by peer',
      'unauthenticated',
    ],
    ['error: Timed out during operation: cannot acquire state change lock', 'unavailable'],
    ['error: something that nobody has seen', 'internal'],
  ])('%s', async (stderr, code) => {
    const failing = () => execa('sh', ['-c', 'printf %s "$1" >&2; exit 1', 'sh', stderr]);
    await expect(translated(signal, failing)).rejects.toMatchObject({ code });
  });

  it('has a remedy where libvirt or a program is not there', async () => {
    const missing = translated(signal, () =>
      execa('virsh', [], { env: { PATH: '/nowhere' }, extendEnv: false }),
    );
    await expect(missing).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('libvirt-clients'),
    });
  });

  it('is not looked at after an abort', async () => {
    const aborted = AbortSignal.abort(new Error('called off'));
    await expect(translated(aborted, async () => 'done')).rejects.toThrow('called off');
  });
});
