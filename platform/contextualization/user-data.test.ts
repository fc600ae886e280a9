import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { asUserData, joinUserData, splitUserData } from './user-data.ts';

const recipe = fc.oneof(
  fc.string({ unit: 'binary' }).map((text) => `#cloud-config\n${text}`),
  fc.stringMatching(/^#!\/bin\/sh\n[\n a-z-]*$/),
);

describe('user data', () => {
  it('is a cloud-config where its first line does not say otherwise', () => {
    expect(asUserData('\n  \nruncmd: [id]\n')).toBe('#cloud-config\nruncmd: [id]\n');
    expect(asUserData('\n#!/bin/sh\nid\n')).toBe('#!/bin/sh\nid\n');
    expect(asUserData('# ours\nruncmd: [id]\n')).toBe('#cloud-config\n# ours\nruncmd: [id]\n');
    expect(asUserData('#cloud-config\n{}')).toBe('#cloud-config\n{}');
  });

  it('of one recipe is that recipe', () => {
    expect(joinUserData(['runcmd: [id]'])).toBe('#cloud-config\nruncmd: [id]');
  });

  it('of several is one message, with lists one after the other', () => {
    const message = joinUserData(['runcmd: [id]', '#!/bin/sh\nid\n']);
    expect(message).toMatch(
      /^Content-Type: multipart\/mixed; boundary="trencadis-\w+"\nMIME-Version: 1.0\n\n--/,
    );
    expect(message).toContain('Content-Type: text/cloud-config; charset="utf-8"\nMerge-Type: list(append)+');
    expect(message).toContain('Content-Type: text/x-shellscript; charset="utf-8"\n');
    expect(joinUserData(['runcmd: [id]', '#!/bin/sh\nid\n'])).toBe(message);
  });

  test.prop([fc.array(recipe, { minLength: 1, maxLength: 4 })])('can be taken apart again', (recipes) => {
    expect(splitUserData(joinUserData(recipes))).toEqual(recipes);
  });
});
