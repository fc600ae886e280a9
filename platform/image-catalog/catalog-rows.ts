import { type AliasRule, properApplicationName } from './alias-rules.ts';
import { isOperatingSystemKey, isSizeKey, sizeOf, textOf } from './attribute-of.ts';
import { compareVersions } from './compare-versions.ts';
import { FacetColumn, type Rows, SparseFacets, grown } from './facets.ts';
import type { ImageOffer } from './image-offer.ts';
import type { Application, AttributeKey, Vmi } from './model.ts';
import { type Reading, readingsOf } from './reading.ts';
import { VerdictCache } from './verdict-cache.ts';

/**
 * The rows of an offer's readings, in the order of `readingsOf`. The offer itself is kept as text: a catalog is large
 * and few of its images are ever shown.
 */
export interface Entry extends Rows {
  /** JSON of all offers of the image, and which of them. */
  readonly offers: string;
  readonly index: number;
  readonly identity: Identity;
}

/** Whom an offer is for: the same for many. */
export interface OfferKind extends Omit<ImageOffer, 'vmi'> {
  readonly owner: string | undefined;
  readonly group: string | undefined;
}

/** What decides between images that are otherwise as good. */
export type Identity = Required<Pick<Vmi, 'id' | 'name' | 'versionNumber' | 'createdAt'>>;

export interface NamedApplications extends Pick<Vmi, 'applications' | 'standIns'> {
  /** Of the installed ones, how many have a version. */
  readonly versionedCount: number;
}
type ColumnKey = Exclude<AttributeKey, `label.${string}` | 'os.name' | 'os.flavour' | 'os.version'> | 'os';

/** Those with few distinct values; a column of names or places is made by the first question that asks for it. */
const columnsFromTheStart = [
  'os',
  'architecture',
  'vmm',
  'endpoint',
  'hypervisor',
  'format',
  'firmware',
  'cloudInit',
  'defaultUser',
  'owner',
  'group',
  'disk.size',
  'disk.min',
  'memory.min',
] as const satisfies readonly ColumnKey[];

/**
 * The catalog as columns: one row for each reading of each offer.
 */
export class CatalogRows {
  readonly rules: readonly AliasRule[];
  readonly verdicts = new VerdictCache();
  readonly entryAt: (Entry | undefined)[] = [];
  #firstRows: Uint32Array = new Uint32Array(0);
  readonly offers = new FacetColumn<OfferKind>();
  readonly #columns = new Map<ColumnKey, FacetColumn<Reading>>();
  readonly #applications = new Map<string, SparseFacets<NamedApplications>>();
  readonly #labels = new Map<string, SparseFacets<Reading>>();
  readonly #versions = new FacetColumn<string>();
  #versionRanks: readonly number[] = [];
  #versionedCounts: Uint16Array = new Uint16Array(0);
  readonly #free = new Map<number, number[]>();
  readonly #properNames = new Map<string, string>();

  constructor(rules: readonly AliasRule[]) {
    this.rules = rules;
    for (const key of columnsFromTheStart) this.#columns.set(key, new FacetColumn());
  }

  get rowCount(): number {
    return this.entryAt.length;
  }

  /** The same for all rows of an offer, and for no others. */
  firstRowOf(row: number): number {
    return this.#firstRows[row] ?? 0;
  }

  identityAt(row: number): Identity | undefined {
    return this.entryAt[row]?.identity;
  }

  readingAt(row: number): Reading | undefined {
    const entry = this.entryAt[row];
    return entry === undefined ? undefined : readingsOf(vmiOf(entry))[row - entry.row];
  }

  add(offer: ImageOffer, text: { readonly offers: string; readonly index: number }): Entry {
    const readings = readingsOf(offer.vmi);
    const count = readings.length;
    const row = this.#free.get(count)?.pop() ?? this.entryAt.length;
    const entry = { ...text, row, count, identity: identityOf(offer.vmi) };
    this.#firstRows = grown(this.#firstRows, row + count);
    this.#firstRows.fill(row, row, row + count);
    for (const [index, reading] of readings.entries()) {
      this.entryAt[row + index] = entry;
      for (const [key, column] of this.#columns) {
        column.set({ row: row + index, count: 1 }, facetKey(key, reading), reading);
      }
    }
    this.#addImage(entry, offer, readings[0]);
    return entry;
  }

  remove(entry: Entry): void {
    const { row: firstRow, count } = entry;
    const vmi = vmiOf(entry);
    for (let row = firstRow; row < firstRow + count; row++) {
      this.entryAt[row] = undefined;
      for (const name of this.#byName(vmi).keys()) this.#applications.get(name)?.remove(row);
      for (const label of Object.keys(vmi.labels ?? {})) this.#labels.get(label)?.remove(row);
    }
    const free = this.#free.get(count) ?? [];
    this.#free.set(count, [...free, firstRow]);
  }

  /** The rows of the offers that are meant, by their facet. */
  select(isMeant: Uint8Array): Uint32Array {
    const rows = new Uint32Array(this.rowCount);
    let count = 0;
    for (let row = 0; row < rows.length; row++) {
      if (isMeant[this.offers.facetAt(row)] === 1 && this.entryAt[row] !== undefined) rows[count++] = row;
    }
    return rows.slice(0, count);
  }

  column(key: Exclude<AttributeKey, `label.${string}`>): FacetColumn<Reading> {
    const columnKey = isOperatingSystemKey(key) ? 'os' : key;
    const known = this.#columns.get(columnKey);
    if (known !== undefined) return known;
    const column = new FacetColumn<Reading>();
    for (let row = 0; row < this.rowCount; row++) {
      const reading = this.readingAt(row);
      if (reading !== undefined) column.set({ row, count: 1 }, facetKey(columnKey, reading), reading);
    }
    this.#columns.set(columnKey, column);
    return column;
  }

  labels(name: string): SparseFacets<Reading> | undefined {
    return this.#labels.get(name);
  }

  /** The applications of that name and its other spellings. */
  applications(name: string): SparseFacets<NamedApplications> | undefined {
    return this.#applications.get(this.properName(name));
  }

  properName(name: string): string {
    const known = this.#properNames.get(name);
    if (known !== undefined) return known;
    const proper = properApplicationName(this.rules, name);
    this.#properNames.set(name, proper);
    return proper;
  }

  /** How many applications with a version each row has that are of none of these names. */
  countOthers(properNames: ReadonlySet<string>): Uint16Array {
    const counts = this.#versionedCounts.slice();
    for (const name of properNames) {
      const facets = this.#applications.get(name);
      facets?.addTo(
        counts,
        Int32Array.from(facets.samples, ({ versionedCount }) => -versionedCount),
      );
    }
    return counts;
  }

  /** By operating system: the higher its version, the higher the number; the same for versions that are equal. */
  versionRank(row: number): number {
    if (this.#versionRanks.length !== this.#versions.samples.length) {
      this.#versionRanks = rankVersions(this.#versions.samples);
    }
    return this.#versionRanks[this.#versions.facetAt(row)] ?? 0;
  }

  /** What is the same in all readings of an image. */
  #addImage({ row, count }: Rows, offer: ImageOffer, reading: Reading): void {
    const rows = { row, count };
    const { vmi, search, isDefault, channels, otherChannels } = offer;
    const { owner, group, operatingSystem, labels = {} } = vmi;
    const kind = { search, isDefault, channels, otherChannels, owner, group };
    const key = [search, isDefault, owner, group, channels.join(), otherChannels.join()].join('\0');
    this.offers.set(rows, key, kind);
    this.#versions.set(rows, operatingSystem.version, operatingSystem.version);
    this.#versionedCounts = grown(this.#versionedCounts, row + count);
    this.#versionedCounts.fill(countVersioned(vmi), row, row + count);
    for (const [label, value] of Object.entries(labels)) {
      let facets = this.#labels.get(label);
      if (facets === undefined) this.#labels.set(label, (facets = new SparseFacets()));
      facets.add(rows, value.toLowerCase(), reading);
    }
    for (const [name, named] of this.#byName(vmi)) {
      let facets = this.#applications.get(name);
      if (facets === undefined) this.#applications.set(name, (facets = new SparseFacets()));
      facets.add(rows, applicationsKey(named), named);
    }
  }

  #byName({ applications, standIns }: Vmi): ReadonlyMap<string, NamedApplications> {
    const byName = new Map<string, Gathered>();
    for (const application of applications) {
      const named = namedIn(byName, this.properName(application.name));
      named.applications.push(application);
      named.versionedCount += Number(application.version !== undefined);
    }
    for (const standIn of standIns) {
      if (standIn.for.kind !== 'application') continue;
      const named = namedIn(byName, this.properName(standIn.for.application.name));
      named.standIns.push(standIn);
    }
    return byName;
  }
}

interface Gathered {
  readonly applications: Application[];
  readonly standIns: Vmi['standIns'][number][];
  versionedCount: number;
}

function namedIn(byName: Map<string, Gathered>, name: string): Gathered {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const named = { applications: [], standIns: [], versionedCount: 0 };
  byName.set(name, named);
  return named;
}

function identityOf({ id, name, versionNumber = 0, createdAt = '' }: Vmi): Identity {
  return { id, name, versionNumber, createdAt };
}

function vmiOf({ offers, index }: Entry): Vmi {
  const all = JSON.parse(offers) as readonly [ImageOffer, ...ImageOffer[]];
  return (all[index] ?? all[0]).vmi;
}

function countVersioned({ applications }: Pick<Vmi, 'applications'>): number {
  return applications.reduce((count, { version }) => count + Number(version !== undefined), 0);
}

function applicationsKey({ applications, standIns }: NamedApplications): string {
  const installed = applications.map(applicationKey).join('\n');
  if (standIns.length === 0) return installed;
  const stoodFor = standIns.flatMap((standIn) =>
    standIn.for.kind === 'application' ? [applicationKey(standIn.for.application)] : [],
  );
  return `${installed}\r${stoodFor.join('\n')}`;
}

function applicationKey({ name, version, path }: Application): string {
  return `${name}\0${version ?? '\0'}\0${path ?? '\0'}`;
}

/** The same for readings that no requirement on that attribute can tell apart. */
function facetKey(key: ColumnKey, reading: Reading): string {
  if (key === 'os') {
    const own = reading.vmi.operatingSystem;
    if (reading.standIn === undefined) return `${own.name}\0${own.flavour}\0${own.version}`;
    const seen = reading.operatingSystem;
    return [own.name, own.flavour, own.version, seen.name, seen.flavour, seen.version].join('\0');
  }
  if (key === 'vmm') return presentKey(reading.artifact?.vmm);
  if (isSizeKey(key)) return String(sizeOf[key](reading));
  return presentKey(textOf(key, reading));
}

/** Of a text without regard to case; no text is that of what is not there. */
export function presentKey(text: string | undefined): string {
  return text === undefined ? '' : `=${text.toLowerCase()}`;
}

function rankVersions(versions: readonly string[]): readonly number[] {
  const sorted = versions.toSorted(compareVersions);
  const ranks = new Map<string, number>();
  let rank = 0;
  for (const [index, version] of sorted.entries()) {
    const before = sorted[index - 1];
    if (before !== undefined && compareVersions(before, version) !== 0) rank += 1;
    ranks.set(version, rank);
  }
  return versions.map((version) => ranks.get(version) ?? 0);
}
