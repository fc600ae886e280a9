import { type RadlService, textOf } from '@trencadis/radl';

/** The value of a key, which is one of those; else the first of them. */
export function oneOf<const Value extends string>(
  service: RadlService,
  key: string,
  [otherwise, ...values]: readonly [Value, ...Value[]],
): Value {
  const text = textOf(service, key);
  return values.find((each) => each === text) ?? otherwise;
}
