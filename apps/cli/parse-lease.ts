import { later, parseInstant, systemClock } from '@trencadis/clock';
import { PlatformError } from '@trencadis/errors';

const msPerUnit = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** When a lease ends: `90m`, `12h`, `7d` or `2w` from now, or a date and time; `none` for no lease. */
export function parseLease(text: string, now: Date): Date | undefined {
  if (text === 'none') return undefined;
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? [];
  const ends =
    count === undefined
      ? parseInstant(text)
      : later(now, Number(count) * msPerUnit[unit as keyof typeof msPerUnit]);
  const isDate = count !== undefined || /^\d{4}-\d{2}-\d{2}/.test(text);
  if (!isDate || Number.isNaN(ends.getTime())) {
    const message = `'${text}' is no lease: write 7d (or m, h, w), a date and time such as 2030-01-31T12:00:00Z, or none.`;
    throw new PlatformError('invalid-argument', message, { subject: text });
  }
  if (ends > now) return ends;
  throw new PlatformError('invalid-argument', `A lease cannot end in the past (${text}).`, { subject: text });
}

/** For a request to deploy; `none` takes the lease away that there may be. */
export function leaseOf(expires: string | undefined): { readonly expiresAt?: string | null } {
  if (expires === undefined) return {};
  return { expiresAt: parseLease(expires, systemClock.now())?.toISOString() ?? null };
}
