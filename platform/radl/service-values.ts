/** The short notations that keys of a `service` section have. Each answers `undefined` for a text that is none. */

export interface RateLimitText {
  readonly amount: number;
  readonly unit: 'replicas' | 'percent';
  readonly seconds: number;
}

/** `4/15`: 4 replicas in 15 s; `100%/60`. */
export function parseRateLimit(text: string): RateLimitText | undefined {
  const [, amount, percent, seconds] = /^(\d+)(%?)\/(\d+)$/.exec(text.trim()) ?? [];
  if (amount === undefined || Number(seconds) === 0) return undefined;
  const unit = percent === '%' ? 'percent' : 'replicas';
  return { amount: Number(amount), unit, seconds: Number(seconds) };
}

export interface StepAdjustmentText {
  /** Relative to the threshold; absent: unbounded. */
  readonly from?: number;
  readonly to?: number;
  readonly amount: number;
}

/** `0:20=1`: from 0 to 20 beyond the threshold, 1 more; `20:=3`, `:-10=-2`. */
export function parseStepAdjustment(text: string): StepAdjustmentText | undefined {
  const number = String.raw`-?\d+(?:\.\d+)?`;
  const form = new RegExp(`^(${number})?:(${number})?=(${number})$`);
  const match = form.exec(text.trim());
  if (match === null) return undefined;
  const [, from, to, amount] = match;
  if (from !== undefined && to !== undefined && Number(from) >= Number(to)) return undefined;
  return {
    ...(from === undefined ? {} : { from: Number(from) }),
    ...(to === undefined ? {} : { to: Number(to) }),
    amount: Number(amount),
  };
}

/** `3/5`: 3 of the latest 5. */
export function parseDatapoints(text: string): { readonly count: number; readonly of: number } | undefined {
  const [, count, of] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  const read = { count: Number(count), of: Number(of) };
  return count === undefined || read.count < 1 || read.count > read.of ? undefined : read;
}

/** `10` to `100`. */
export function parsePercent(text: string): number | undefined {
  const percent = /^\d+(\.\d+)?%?$/.test(text.trim()) ? Number.parseFloat(text) : Number.NaN;
  return percent > 0 && percent <= 100 ? percent : undefined;
}

/** Five fields of cron, or an ISO 8601 instant. Whether a cron line ever comes true is seen when it is asked. */
export function isScheduleText(text: string): boolean {
  if (/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return true;
  const fields = text.trim().split(/\s+/);
  return fields.length === 5 && fields.every((field) => /^[\d*,/\-A-Za-z#?L]+$/.test(field));
}
