import { describe, expect, it } from 'vitest';
import { decideElevation } from './require-root.ts';

describe('decideElevation', () => {
  it('goes on as root', () => {
    expect(decideElevation({ userId: 0, hasSudo: false })).toBe('go-on');
  });

  it('takes sudo as another user', () => {
    expect(decideElevation({ userId: 1000, hasSudo: true })).toBe('run-with-sudo');
  });

  it('says what to do when there is neither, before anything is made', () => {
    const neither = () => decideElevation({ userId: 1000, hasSudo: false });
    expect(neither).toThrow(expect.objectContaining({ code: 'forbidden' }));
    expect(neither).toThrow(/run this as root, or install sudo/);
  });
});
