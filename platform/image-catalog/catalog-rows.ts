import { type AliasRule, properApplicationName } from './alias-rules.ts';
import { isOperatingSystemKey, isSizeKey, sizeOf, textOf } from './attribute-of.ts';
import { compareVersions } from './compare-versions.ts';
import { FacetColumn, SparseFacets, grown } from './facets.ts';
import type { ImageOffer } from './image-offer.ts';
import type { Application, AttributeKey, Labels, Vmi } from './model.ts';
import { type Reading, readingsOf } from './reading.ts';

/** An offer and where its readings are: `rowCount` rows from `firstRow`, in the order of `readingsOf`. */
export interface Entry {
  readonly offer: ImageOffer;
  readonly readings: readonly Reading[];
  readonly firstRow: number;
}

export interface NamedApplications extends Pick<Vmi, 'applications' | 'standIns'> {
  /** Of the installed ones, how many have a version. */
  readonly versionedCount: number;
}
type ColumnKey = Exclude<AttributeKey, `label.${string}` | 'os.name' | 'os.flavour' | 'os.version'> | 'os';

/**
 * The catalog as columns: one row for each reading of each offer. Columns that few ask for are made at the first
 * question that does.
 */
export class CatalogRows {
  readonly rules: readonly AliasRule[];
  readonly entryAt: (Entry | undefined)[] = [];
  #firstRows: Uint32Array = new Uint32Array(0);
  readonly offers = new FacetColumn<Omit<ImageOffer, 'vmi'> & Pick<Vmi, 'owner' | 'group'>>();
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
    for (const key of ['os', 'architecture', 'vmm'] as const) this.#columns.set(key, new FacetColumn());
  }

  get rowCount(): number {
    return this.entryAt.length;
  }

  /** The same for all rows of an offer, and for no others. */
  firstRowOf(row: number): number {
    return this.#firstRows[row] ?? 0;
  }

  vmiAt(row: number): Vmi | undefined {
    return this.entryAt[row]?.offer.vmi;
  }

  readingAt(row: number): Reading | undefined {
    const entry = this.entryAt[row];
    return entry?.readings[row - entry.firstRow];
  }

  add(offer: ImageOffer): Entry {
    const readings = readingsOf(offer.vmi);
    const firstRow = this.#free.get(readings.length)?.pop() ?? this.entryAt.length;
    const entry = { offer, readings, firstRow };
    const applications = this.#byName(offer.vmi);
    this.#firstRows = grown(this.#firstRows, firstRow + readings.length);
    this.#firstRows.fill(firstRow, firstRow, firstRow + readings.length);
    for (const [index, reading] of readings.entries()) {
      const row = firstRow + index;
      this.entryAt[row] = entry;
      this.#addReading(row, reading);
      this.#addApplications(row, applications);
    }
    return entry;
  }

  remove({ offer, readings, firstRow }: Entry): void {
    for (let row = firstRow; row < firstRow + readings.length; row++) {
      this.entryAt[row] = undefined;
      for (const name of this.#byName(offer.vmi).keys()) this.#applications.get(name)?.remove(row);
      for (const label of Object.keys(offer.vmi.labels ?? {})) this.#labels.get(label)?.remove(row);
    }
    const free = this.#free.get(readings.length) ?? [];
    this.#free.set(readings.length, [...free, firstRow]);
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
      if (reading !== undefined) column.set(row, facetKey(columnKey, reading), reading);
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
      facets?.subtract(
        Uint16Array.from(facets.samples, (named) => named.versionedCount),
        counts,
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

  #addReading(row: number, reading: Reading): void {
    const { vmi } = reading;
    for (const [key, column] of this.#columns) column.set(row, facetKey(key, reading), reading);
    for (const label of Object.keys(vmi.labels ?? {})) this.#addLabel(row, label, reading);
    this.#versions.set(row, vmi.operatingSystem.version, vmi.operatingSystem.version);
    this.#versionedCounts = grown(this.#versionedCounts, row + 1);
    this.#versionedCounts[row] = countVersioned(vmi);
    const { search, isDefault, channels, otherChannels } = this.entryAt[row]?.offer ?? neverOffered;
    const { owner, group } = vmi;
    const offer = { search, isDefault, channels, otherChannels, ...pick({ owner, group }) };
    const key = [search, isDefault, owner, group, channels.join(), otherChannels.join()].join('\0');
    this.offers.set(row, key, offer);
  }

  #addLabel(row: number, label: string, reading: Reading): void {
    const facets = this.#labels.get(label) ?? new SparseFacets<Reading>();
    this.#labels.set(label, facets);
    facets.add(row, labelOf(reading.vmi.labels, label), reading);
  }

  #addApplications(row: number, byName: ReadonlyMap<string, NamedApplications>): void {
    for (const [name, named] of byName) {
      const facets = this.#applications.get(name) ?? new SparseFacets<NamedApplications>();
      this.#applications.set(name, facets);
      facets.add(row, applicationsKey(named), named);
    }
  }

  #byName({ applications, standIns }: Vmi): ReadonlyMap<string, NamedApplications> {
    const byName = new Map<string, Mutable<NamedApplications>>();
    for (const application of applications) {
      const named = namedIn(byName, this.properName(application.name));
      named.applications = [...named.applications, application];
      named.versionedCount += Number(application.version !== undefined);
    }
    for (const standIn of standIns) {
      if (standIn.for.kind !== 'application') continue;
      const named = namedIn(byName, this.properName(standIn.for.application.name));
      named.standIns = [...named.standIns, standIn];
    }
    return byName;
  }
}

type Mutable<Parts> = { -readonly [Key in keyof Parts]: Parts[Key] };

function namedIn(byName: Map<string, Mutable<NamedApplications>>, name: string): Mutable<NamedApplications> {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const named = { applications: [], standIns: [], versionedCount: 0 };
  byName.set(name, named);
  return named;
}

const neverOffered: Omit<ImageOffer, 'vmi'> = {
  search: 'none',
  isDefault: false,
  channels: [],
  otherChannels: [],
};

function pick({ owner, group }: { owner: string | undefined; group: string | undefined }) {
  return { ...(owner === undefined ? {} : { owner }), ...(group === undefined ? {} : { group }) };
}

function labelOf(labels: Labels = {}, label: string): string {
  return (labels[label] ?? '').toLowerCase();
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
