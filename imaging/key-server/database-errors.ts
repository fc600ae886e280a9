import { PlatformError } from '@trencadis/errors';

/** Runs a piece of database work; what PostgreSQL or the way to it says becomes a PlatformError. */
export async function translateDatabaseError<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw translate(error);
  }
}

function translate(error: unknown): unknown {
  if (error instanceof PlatformError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  const isSqlState = /^[0-9A-Z]{5}$/.test(code);
  const message = isSqlState ? messageOfSqlState(code) : messageOfLink(error, code);
  return message === undefined
    ? error
    : new PlatformError('unavailable', message, { details: { code }, cause: error });
}

/** Classes of PostgreSQL's SQLSTATE (its manual, appendix A) that may pass, or that an operator must mend. */
function messageOfSqlState(state: string): string | undefined {
  if (state === '42P01') return 'The key database has no tables yet: apply database.sql to it.';
  if (/^(28|3D|42501)/.test(state))
    return 'The key database refuses the login of this service: check its configuration.';
  if (/^(08|53|57|40)/.test(state)) return 'The key database cannot answer now.';
  return undefined;
}

function messageOfLink(error: Error, code: string): string | undefined {
  const isLink = code !== '' || /connect|terminat|timeout/i.test(error.message);
  return isLink ? 'The key database cannot be reached.' : undefined;
}
