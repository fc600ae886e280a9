/** What keys of a `service` section have in common. */

export const ours = { origin: 'trencadis' } as const;
export const whole = { ...ours, type: 'integer', operators: 'equals' } as const;
export const seconds = {
  ...ours,
  type: 'number',
  operators: 'equals',
  measure: 'seconds',
  least: 0,
} as const;
export const level = { ...ours, type: 'number', operators: 'equals', least: 0 } as const;
export const percent = { ...whole, measure: '%', least: 0, most: 100 } as const;
export const percentOrOther = '% for cpu, memory and disk, else as measured';
/** `'a'` or `['a', 'b']`. */
export const names = { ...ours, type: 'text-or-list' } as const;
export const port = { ...whole, least: 1, most: 65_535 } as const;
