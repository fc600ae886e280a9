/** Where a feature stands. `application` is inside `disk.N.applications contains (...)`. */
export type Owner =
  | 'network'
  | 'system'
  | 'application'
  | 'ansible'
  | 'description'
  | 'service'
  | 'input'
  | 'output';

export type ValueType = 'number' | 'integer' | 'text' | 'list' | 'text-or-list' | 'contains' | 'any';

/** Rules for a text beyond its type; check-format.ts holds one function for each. */
export type TextFormat =
  | 'version'
  | 'outports'
  | 'address'
  | 'subnet'
  | 'file-system'
  | 'password'
  | 'network-id'
  | 'ansible-id'
  | 'system-id'
  | 'service-id'
  | 'rate-limit'
  | 'schedule'
  | 'percents'
  | 'step-adjustments'
  | 'datapoints';

export interface FeatureKey {
  readonly owner: Owner;
  /** `N` stands for an index; a final `*` for the rest of the key. */
  readonly key: string;
  readonly type: ValueType;
  readonly operators: 'all' | 'equals';
  readonly unit: 'none' | 'size' | 'performance';
  /** The only texts allowed. */
  readonly values?: readonly string[];
  readonly isAnyCase?: boolean;
  readonly format?: TextFormat;
  /** A section without it is incomplete. */
  readonly isRequired?: boolean;
  /** What counts when the key is absent; words where it depends on other keys. */
  readonly defaultValue?: number | string;
  /** Smallest and largest number allowed. */
  readonly least?: number;
  readonly most?: number;
  /** What a number without unit counts: `seconds`. */
  readonly measure?: string;
  /** IM refuses a document that breaks this row; for the other rows dialect `im` only warns. */
  readonly isCheckedByIm: boolean;
  /** Where the key comes from: IM passes over the others in silence. */
  readonly origin: 'im' | 'paper' | 'trencadis';
  /** One line for a person: hover, reference. */
  readonly meaning: string;
}

type Row = Pick<FeatureKey, 'key' | 'meaning'> & Partial<Omit<FeatureKey, 'key' | 'meaning' | 'owner'>>;

/** Completes rows: a text compared with `=`, without unit, that IM does not check. */
export function keysOf(owner: Owner, rows: readonly Row[]): readonly FeatureKey[] {
  return rows.map((row) => ({
    owner,
    type: 'text' as const,
    operators: row.type === 'number' || row.type === 'integer' ? ('all' as const) : ('equals' as const),
    unit: 'none' as const,
    isCheckedByIm: false,
    origin: 'im' as const,
    ...row,
  }));
}

export const yesOrNo = ['yes', 'no'] as const;
