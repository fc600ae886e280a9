import { describe, expect, it } from 'vitest';
import { negotiate, negotiateError } from './negotiate.ts';

const offered = ['text/uri-list', 'text/plain', 'application/json'] as const;

describe('negotiate', () => {
  it.each([
    [undefined, 'text/uri-list'],
    ['', 'text/uri-list'],
    ['*/*', 'text/uri-list'],
    ['text/*', 'text/uri-list'],
    ['application/json', 'application/json'],
    ['Application/JSON; charset=utf-8', 'application/json'],
    ['text/html, application/json;q=0.5, text/plain;q=0.9', 'text/plain'],
    ['application/json;q=0, */*;q=0.1', 'text/uri-list'],
  ])('%s -> %s', (accept, type) => {
    expect(negotiate(accept, [...offered])).toBe(type);
  });

  it('refuses what cannot be had with 415, and tells errors in any case', () => {
    expect(() => negotiate('image/png', [...offered])).toThrow(expect.objectContaining({ status: 415 }));
    expect(negotiateError('image/png')).toBe('text/plain');
    expect(negotiateError('text/html')).toBe('text/html');
  });
});
