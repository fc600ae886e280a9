/** What is known about a thing and Amazon has no field for, as it lies in the thing's tags. */
export type Facts = Readonly<Record<string, string | undefined>>;

interface AwsTag {
  readonly Key?: string | undefined;
  readonly Value?: string | undefined;
}

export function tagsOf(facts: Facts): { Key: string; Value: string }[] {
  return Object.entries(facts).flatMap(([Key, Value]) => (Value === undefined ? [] : [{ Key, Value }]));
}

export function factsOf(thing: { readonly Tags?: readonly AwsTag[] | undefined } | undefined): Facts {
  return Object.fromEntries((thing?.Tags ?? []).map(({ Key = '', Value }) => [Key, Value]));
}

/** The filter of EC2 for things whose tag has one of these values. */
export function byTag(key: string, ...values: readonly string[]) {
  return { Name: `tag:${key}`, Values: [...values] };
}
