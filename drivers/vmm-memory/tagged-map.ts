/** A map that also finds its entries by their owner's tag, in time linear in what that owner has. */
export class TaggedMap<Name extends string, Thing> extends Map<Name, Thing> {
  readonly #tagOf: (thing: Thing) => string;
  readonly #byTag = new Map<string, Map<Name, Thing>>();

  constructor(tagOf: (thing: Thing) => string) {
    super();
    this.#tagOf = tagOf;
  }

  override set(name: Name, thing: Thing): this {
    this.delete(name);
    const tag = this.#tagOf(thing);
    const owned = this.#byTag.get(tag) ?? new Map<Name, Thing>();
    this.#byTag.set(tag, owned.set(name, thing));
    return super.set(name, thing);
  }

  override delete(name: Name): boolean {
    const thing = this.get(name);
    if (thing === undefined) return false;
    const tag = this.#tagOf(thing);
    const owned = this.#byTag.get(tag);
    owned?.delete(name);
    if (owned?.size === 0) this.#byTag.delete(tag);
    return super.delete(name);
  }

  override clear(): void {
    this.#byTag.clear();
    super.clear();
  }

  /** In the order of their making. */
  ofTag(tag: string): readonly Thing[] {
    return [...(this.#byTag.get(tag)?.values() ?? [])];
  }
}
