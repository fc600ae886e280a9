import { describe, expect, it } from 'vitest';
import { readDescription, writeDescription } from './description.ts';

describe('a description', () => {
  it('is read as it was written', () => {
    const marks = { tag: 'inf-a', network: 'out', provider: 'two words = 1' };
    expect(readDescription(writeDescription(marks))).toEqual(marks);
    expect(readDescription('Default security group')).toBeUndefined();
    expect(readDescription(null)).toBeUndefined();
  });

  it('is read where somebody has written into it', () => {
    expect(readDescription('trencadis tag=inf-a note=100%')).toEqual({ tag: 'inf-a', note: '100%' });
  });

  it('is refused where Neutron would not take it', () => {
    const marks = { tag: 'a', network: 'out', provider: 'x'.repeat(250) };
    expect(() => writeDescription(marks)).toThrow(/longer than 255/);
  });
});
