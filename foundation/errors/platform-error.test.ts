import { describe, expect, it } from 'vitest';
import { PlatformError, errorCodes, httpStatusOf, isPlatformError, toPlatformError } from './index.ts';

describe('PlatformError', () => {
  it('keeps what the user, the log and the caller each need', () => {
    const cause = new Error('connection reset');
    const error = new PlatformError('unavailable', "VM manager 'local' does not answer: start it.", {
      subject: 'local',
      details: { exitCode: 1 },
      cause,
    });
    expect(error).toMatchObject({
      name: 'PlatformError',
      code: 'unavailable',
      message: "VM manager 'local' does not answer: start it.",
      subject: 'local',
      details: { exitCode: 1 },
    });
    expect(error.cause).toBe(cause);
  });

  it('has empty details, no subject and no own cause when none is given', () => {
    const error = new PlatformError('not-found', "No plan 'plan-x'.");
    expect(error.details).toEqual({});
    expect(error.subject).toBeUndefined();
    expect('cause' in error).toBe(false);
  });
});

describe('isPlatformError', () => {
  const conflict = new PlatformError('conflict', 'Plan again.');

  it('tells platform errors from others', () => {
    expect(isPlatformError(conflict)).toBe(true);
    expect(isPlatformError(new Error('Plan again.'))).toBe(false);
    expect(isPlatformError({ code: 'conflict' })).toBe(false);
    expect(isPlatformError(undefined)).toBe(false);
  });

  it('asks for one code when given one', () => {
    expect(isPlatformError(conflict, 'conflict')).toBe(true);
    expect(isPlatformError(conflict, 'not-found')).toBe(false);
  });
});

describe('toPlatformError', () => {
  it('passes a platform error through, the same object', () => {
    const error = new PlatformError('forbidden', 'Ask an administrator.');
    expect(toPlatformError(error)).toBe(error);
  });

  it.each([
    ['an Error', new TypeError('x is not a function'), 'x is not a function'],
    ['a string', 'boom', 'boom'],
    ['undefined', undefined, 'undefined'],
  ])('makes %s internal and keeps it as the cause', (_, thrown, text) => {
    const error = toPlatformError(thrown);
    expect(error.code).toBe('internal');
    expect(error.message).toContain(text);
    expect(error.cause).toBe(thrown);
  });
});

describe('httpStatusOf', () => {
  it('answers an error status for every code', () => {
    for (const code of errorCodes)
      expect(httpStatusOf(code)).toBeOneOf([400, 401, 403, 404, 409, 422, 500, 503, 507]);
  });

  it('says 4xx exactly where the caller can do something about it', () => {
    const serverSide = errorCodes.filter((code) => httpStatusOf(code) >= 500);
    expect(serverSide).toEqual(['quota-exceeded', 'unavailable', 'internal']);
  });
});
