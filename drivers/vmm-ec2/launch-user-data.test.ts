import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { encodeUserData, maxUserDataBytes } from './launch-user-data.ts';

describe('user data', () => {
  it('goes as it is where it is short', () => {
    expect(Buffer.from(encodeUserData('#cloud-config\n', 'vm'), 'base64').toString()).toBe('#cloud-config\n');
  });

  it('goes packed where it is long, as cloud-init takes it', () => {
    const text = 'runcmd: [echo, é]\n'.repeat(5_000);
    const bytes = Buffer.from(encodeUserData(text, 'vm'), 'base64');
    expect(bytes.length).toBeLessThanOrEqual(maxUserDataBytes);
    expect(gunzipSync(bytes).toString('utf8')).toBe(text);
  });

  it('is refused where it is too long even so', () => {
    expect(() => encodeUserData(randomBytes(20_000).toString('base64'), 'vm')).toThrow(
      expect.objectContaining({ code: 'invalid-argument', subject: 'vm' }),
    );
  });
});
