import { PlatformError } from '@trencadis/errors';
import { expect, it } from 'vitest';
import { describeFailure } from './report-failure.ts';

it('tells the message, and every field that the server found wrong', () => {
  const errors = [{ field: 'body.vms', message: 'is empty' }];
  const error = new PlatformError('invalid-argument', 'The request has 1 problem.', { details: { errors } });
  expect(describeFailure(error, 'error')).toBe('error: The request has 1 problem.\n  body.vms: is empty\n');
});

it('shows where a bug of ours came from, and nothing inside of other errors', () => {
  const cause = new TypeError('x is not a function');
  expect(describeFailure(new PlatformError('internal', 'Bug.', { cause }), 'error')).toContain('TypeError');
  expect(describeFailure(new PlatformError('unavailable', 'Down.', { cause }), 'error')).toBe(
    'error: Down.\n',
  );
});
