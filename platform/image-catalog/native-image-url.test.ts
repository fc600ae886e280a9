import { describe, expect, it } from 'vitest';
import { nativeImageUrl, readNativeImageUrl } from './native-image-url.ts';

describe('readNativeImageUrl', () => {
  it.each([
    [
      'ost://Keystone.example.org:5000/d53a18f1-4d5c-4ea1-9e29-5b5a1d5c0a11',
      'openstack',
      'keystone.example.org',
      'd53a18f1-4d5c-4ea1-9e29-5b5a1d5c0a11',
    ],
    ['aws://eu-west-1/ami-0abc', 'ec2', 'eu-west-1', 'ami-0abc'],
    ['ec2://eu-west-1/ami-0abc', 'ec2', 'eu-west-1', 'ami-0abc'],
    ['ami-0abc', 'ec2', undefined, 'ami-0abc'],
    ['one://one.example.org/35', 'opennebula', 'one.example.org', '35'],
    ['one:///35', 'opennebula', undefined, '35'],
  ])('reads %s', (url, product, place, location) => {
    const kind = product === 'opennebula' ? 'guessable' : 'registration';
    const found = { product, location, kind, ...(place === undefined ? {} : { place }) };
    expect(readNativeImageUrl(url)).toEqual(found);
  });

  it.each([
    ['/var/lib/libvirt/images/debian.qcow2', '/var/lib/libvirt/images/debian.qcow2', 'path'],
    ['file:///srv/debian.qcow2', '/srv/debian.qcow2', 'path'],
    ['default/debian-12.qcow2', 'default/debian-12.qcow2', 'guessable'],
  ])('reads %s as a file', (url, location, kind) => {
    expect(readNativeImageUrl(url)).toEqual({ product: 'libvirt', location, kind });
  });

  it.each(['https://example.org/disk.qcow2', 'docker://debian', 'debian', '', 'ost://host/', 'a/b/c'])(
    'leaves %j to others',
    (url) => expect(readNativeImageUrl(url)).toBeUndefined(),
  );

  it('reads what nativeImageUrl writes', () => {
    expect(readNativeImageUrl(nativeImageUrl('openstack', 'host', 'id'))).toMatchObject({
      place: 'host',
      location: 'id',
    });
    expect(nativeImageUrl('libvirt', 'host', 'default/disk')).toBe('default/disk');
  });
});
