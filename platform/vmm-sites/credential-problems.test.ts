import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { credentialProblems } from './credential-problems.ts';

const password = z.strictObject({ user: z.string(), password: z.string().min(8, 'is too short') });
const token = z.strictObject({ token: z.string(), id: z.string(), project: z.string() });
const whereToFind = { password: 'OS_PASSWORD of the RC file' };

function problems(schema: z.ZodType, given: unknown): readonly string[] {
  const { error } = schema.safeParse(given);
  return credentialProblems(error?.issues ?? [], { given, whereToFind });
}

describe('credentialProblems', () => {
  it('names all that is missing or wrong, with where to find it', () => {
    expect(problems(password, { password: 'short' })).toEqual([
      'user: is missing',
      'password: is too short, OS_PASSWORD of the RC file',
    ]);
  });

  it('takes the form that was meant most likely, where there are several', () => {
    expect(problems(z.union([password, token]), { user: 'ana' })).toEqual([
      'password: is missing, OS_PASSWORD of the RC file',
    ]);
    const nested = z.object({ login: z.union([password, token]) });
    expect(problems(nested, { login: { user: 'ana' } })).toEqual(['login.password: is missing']);
  });

  it('repeats neither values nor keys that were given', () => {
    expect(JSON.stringify(problems(password, { tops3cret: 1, user: ['tops3cret'] }))).not.toContain('s3cret');
    expect(problems(password, 'tops3cret')).toEqual([expect.stringMatching(/^the object: /)]);
  });
});
