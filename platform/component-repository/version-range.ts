import { compareVersions } from '@trencadis/image-catalog/versions';

type Operator = '=' | '>=' | '<=' | '>' | '<';

const holds: Readonly<Record<Operator, (order: number) => boolean>> = {
  '=': (order) => order === 0,
  '>=': (order) => order >= 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '<': (order) => order < 0,
};

const bound = '(?:>=|<=|>|<|=)?[A-Za-z0-9][A-Za-z0-9._+-]*';
/** `*`, or bounds with one space between them. */
export const versionRangePattern = new RegExp(`^(?:\\*|${bound}(?: ${bound})*)$`);

/** In the order that versions have everywhere here, so that `1.0` and `1.0.0` are two versions. */
export function isInRange(version: string, range: string): boolean {
  if (range === '*') return true;
  return range.split(' ').every((text) => {
    const [, operator = '=', limit = ''] = /^(>=|<=|>|<|=)?(.+)$/.exec(text) ?? [];
    return holds[operator as Operator](compareVersions(version, limit));
  });
}
