import { inBaseUnit, reservedMembers } from './json-features.ts';
import type { JsonReader, JsonSection, Members } from './json-reader.ts';
import type { JsonMember, JsonNode } from './json-text.ts';
import type { Comparison, Feature, Span, Value } from './model.ts';

const operators: ReadonlySet<string> = new Set(['=', '<', '<=', '>', '>=']);

/** Reads features back from what `encodeFeatures` writes, or from what IM or a person wrote. */
export class JsonFeatureReader {
  readonly #reader: JsonReader;
  /** Sections that are not IM's have keys like `system`. */
  readonly #canBeReserved: boolean;

  constructor(reader: JsonReader, canBeReserved = false) {
    this.#reader = reader;
    this.#canBeReserved = canBeReserved;
  }

  features(section: JsonSection): Feature[] {
    const members = this.#reader.membersOf(section);
    const extra = this.#extra(members);
    const spelling = this.#membersIn(extra.get('spelling')?.value, 'spelling');
    const flat = [...members.values()].filter(({ key }) => !reservedMembers.has(key));
    const softs = this.#reader.list(members.get('softs')?.value, 'softs');
    const others = this.#reader.list(extra.get('features')?.value, 'features of extra');
    return [
      ...flat.flatMap((member) => this.#flat(member, spelling.get(member.key)?.value)),
      ...others.flatMap((node) => this.#other(node)),
      ...softs.flatMap((node) => this.#soft(node)),
    ];
  }

  #extra(members: Members): Members {
    return this.#membersIn(members.get('extra')?.value, 'extra');
  }

  #membersIn(node: JsonNode | undefined, what: string): Members {
    const object = node === undefined ? undefined : this.#reader.object(node, what);
    return object === undefined ? new Map() : this.#reader.membersOf(object);
  }

  #flat({ key: member, value: node, span }: JsonMember, spelling: JsonNode | undefined): Feature[] {
    const bound = /_(min|max)$/.exec(member)?.[1];
    const key = bound === undefined ? member : member.slice(0, -4);
    if (!this.#reader.isName(key, span, this.#canBeReserved)) return [];
    if (node.kind === 'list' && node.items.some(({ kind }) => kind === 'object')) {
      return this.#contains(key, node.items, span);
    }
    const value = this.#value(node);
    if (value === undefined) return [];
    const operator = bound === undefined ? '=' : bound === 'min' ? '>=' : '<=';
    const plain = { kind: 'comparison', key, operator, value, span } as const;
    return [spelling === undefined ? plain : this.#spelled(plain, spelling)];
  }

  #contains(key: string, items: readonly JsonNode[], span: Span): Feature[] {
    return items.flatMap((item): Feature[] => {
      const object = this.#reader.object(item, `each of ${key}`);
      return object === undefined
        ? []
        : [
            {
              kind: 'contains',
              key,
              features: this.features(object),
              span: items.length > 1 ? item.span : span,
            },
          ];
    });
  }

  #value(node: JsonNode): Value | undefined {
    if (node.kind === 'text') return { kind: 'text', text: this.#reader.text(node, 'a value') ?? '' };
    if (node.kind === 'number') {
      const value = this.#reader.number(node, 'a value');
      return value === undefined ? undefined : { kind: 'number', value };
    }
    if (node.kind === 'list') {
      return {
        kind: 'list',
        texts: node.items.flatMap((item) => this.#reader.text(item, 'each value') ?? []),
      };
    }
    const isBoolean = node.kind === 'word' && node.word !== 'null';
    const hint = isBoolean ? `write "${node.word === 'true' ? 'yes' : 'no'}"` : undefined;
    return this.#reader.refuse(node.span, 'a value is a text, a number or a list', hint);
  }

  /** The spelling of a value that somebody changed since is out of date and does not count. */
  #spelled(plain: Extract<Feature, { kind: 'comparison' }>, node: JsonNode): Feature {
    const members = this.#membersIn(node, 'a spelling');
    const operator = this.#reader.text(members.get('operator')?.value, 'operator');
    const isStrict = plain.operator !== '=' && operator === plain.operator.slice(0, 1);
    const strict = isStrict ? { operator: operator as Comparison } : {};
    const { value } = plain;
    if (value.kind !== 'number') return { ...plain, ...strict };
    const written = this.#quantity(members);
    const isSame =
      written !== undefined && inBaseUnit(written.value ?? value.value, written.unit) === value.value;
    if (!isSame) return { ...plain, ...strict };
    return { ...plain, ...strict, value: { ...value, ...written } };
  }

  #quantity(members: Members): Partial<Extract<Value, { kind: 'number' }>> {
    const number = this.#reader.number(members.get('value')?.value, 'value');
    const unit = this.#reader.name(members.get('unit')?.value, 'unit');
    const hasPoint = this.#reader.isTrue(members.get('hasPoint')?.value, 'hasPoint');
    return {
      ...(number === undefined ? {} : { value: number }),
      ...(unit === undefined ? {} : { unit }),
      ...(hasPoint ? { hasPoint } : {}),
    };
  }

  /** `{ key, operator, value, unit }` or `{ key, contains }`. */
  #other(node: JsonNode): Feature[] {
    const object = this.#reader.object(node, 'each feature of extra');
    if (object === undefined) return [];
    const members = this.#reader.membersOf(object);
    const key = this.#reader.text(members.get('key')?.value, 'key') ?? '';
    if (!this.#reader.isName(key, node.span, this.#canBeReserved)) return [];
    const contained = members.get('contains')?.value;
    if (contained !== undefined) {
      return this.#contains(key, this.#reader.list(contained, 'contains'), node.span);
    }
    return this.#otherComparison(key, members, node.span);
  }

  #otherComparison(key: string, members: Members, span: Span): Feature[] {
    const operator = this.#reader.text(members.get('operator')?.value, 'operator') ?? '=';
    const given = members.get('value')?.value;
    const value = given === undefined ? undefined : this.#value(given);
    if (value === undefined || !operators.has(operator)) {
      this.#reader.refuse(span, `feature ${key} needs an operator and a value`);
      return [];
    }
    const whole = value.kind === 'number' ? { ...value, ...this.#quantity(members) } : value;
    return [{ kind: 'comparison', key, operator: operator as Comparison, value: whole, span }];
  }

  #soft(node: JsonNode): Feature[] {
    const object = this.#reader.object(node, 'each of softs');
    if (object === undefined) return [];
    const members = this.#reader.membersOf(object);
    const weight = this.#reader.number(members.get('weight')?.value, 'the weight');
    const items = members.get('items')?.value;
    if (weight === undefined || items === undefined) {
      this.#reader.refuse(node.span, 'a soft group needs a weight and items');
      return [];
    }
    const groups = items.kind === 'list' ? items.items : [items];
    const features = groups.flatMap((group) => {
      const inner = this.#reader.object(group, 'items');
      return inner === undefined ? [] : this.features(inner);
    });
    return [{ kind: 'soft', weight, features, span: node.span }];
  }
}
