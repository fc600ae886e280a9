import { describe, expect, it } from 'vitest';
import { connectionOf, uriWithKeys } from './connection.ts';
import { libvirtCredentials } from './credentials.ts';

const keys = { sshPrivateKey: 'PRIVATE', sshHostKey: 'ssh-ed25519 AAAA comment' };
const local = libvirtCredentials.parse({});
const remote = libvirtCredentials.parse(keys);

describe('a connection', () => {
  it('is local, or goes over SSH to a host whose key is known', () => {
    expect(connectionOf('qemu:///system', local)).toEqual({ uri: 'qemu:///system', isLocal: true });
    expect(connectionOf('qemu+ssh://me@host.example:2222/system', remote)).toEqual({
      uri: 'qemu+ssh://me@host.example:2222/system',
      isLocal: false,
      ssh: { privateKey: 'PRIVATE\n', knownHosts: '[host.example]:2222 ssh-ed25519 AAAA\n' },
    });
    expect(uriWithKeys('qemu+ssh://h/system', { key: '/t/key', program: '/t/ssh' })).toBe(
      'qemu+ssh://h/system?keyfile=%2Ft%2Fkey&command=%2Ft%2Fssh&no_tty=1',
    );
  });

  it.each([
    'qemu+tcp://host/system',
    'qemu://host/system',
    'nothing',
    'qemu+ssh://me:hunter2@host/system',
    'qemu:///system?x=1',
  ])('is refused at %s, without saying it again', (endpoint) => {
    const refused = expect.objectContaining({
      code: 'invalid-argument',
      message: expect.not.stringContaining('hunter2'),
    });
    expect(() => connectionOf(endpoint, remote)).toThrow(refused);
  });

  it('needs keys for SSH, and credentials that are wrong are not repeated', () => {
    expect(() => connectionOf('qemu+ssh://host/system', local)).toThrow('sshPrivateKey');
    const wrong = libvirtCredentials.safeParse({ ...keys, sshHostKey: 'secret', pool: '../secret' });
    expect(wrong.error?.message).not.toContain('secret');
  });
});
