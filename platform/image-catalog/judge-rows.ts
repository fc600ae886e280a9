import { isLabelKey, isOperatingSystemKey, isSizeKey } from './attribute-of.ts';
import { type CatalogRows, presentKey } from './catalog-rows.ts';
import { judgeApplication } from './judge-application.ts';
import { judgeRequirement } from './judge-requirement.ts';
import type { AttributeRequirement } from './judge-attribute.ts';
import type { Requirement } from './model.ts';
import type { Judgement, Reading } from './reading.ts';

/** Row by row whether a requirement holds. */
export type Verdicts = Uint8Array;
export const fails = 0;
const holds = 1;
export const holdsByStandIn = 2;

export function judgeRows(requirement: Requirement, rows: CatalogRows): Verdicts {
  if (requirement.kind === 'attribute') return judgeAttributeRows(requirement, rows);
  if (requirement.kind === 'any') {
    return requirement.of.map((one) => judgeRows(one, rows)).reduce(better, new Uint8Array(rows.rowCount));
  }
  const facets = rows.applications(requirement.name);
  if (facets === undefined) return new Uint8Array(rows.rowCount);
  const verdicts = rows.verdicts.verdictsOn(requirement, facets.samples, (named) =>
    verdictOf(judgeApplication(requirement, named, rows.rules)),
  );
  return facets.spread(verdicts, fails, rows.rowCount);
}

function judgeAttributeRows(requirement: AttributeRequirement, rows: CatalogRows): Verdicts {
  const { key, operator, value, places } = requirement;
  if (key === 'vmm' && places !== undefined) {
    return atPlaces(judgeAttributeRows({ kind: 'attribute', key, operator, value }, rows), places, rows);
  }
  if (isLabelKey(key)) return judgeLabelRows(requirement, key.slice('label.'.length), rows);
  const column = rows.column(key);
  const hasOneSpelling = !isOperatingSystemKey(key) && !isSizeKey(key) && key !== 'architecture';
  if (operator === '=' && hasOneSpelling) {
    const verdicts = new Uint8Array(column.samples.length);
    const facet = column.numberOfKey(presentKey(value));
    if (facet !== undefined) verdicts[facet] = holds;
    return column.spread(verdicts, rows.rowCount);
  }
  return column.spread(judgeReadings(requirement, column.samples, rows), rows.rowCount);
}

/** Products and places apart: of each there are few, of both together many. */
function atPlaces(found: Verdicts, places: readonly string[], rows: CatalogRows): Verdicts {
  const column = rows.column('endpoint');
  const verdicts = new Uint8Array(column.samples.length);
  for (const key of [presentKey(undefined), ...places.map(presentKey)]) {
    const facet = column.numberOfKey(key);
    if (facet !== undefined) verdicts[facet] = holds;
  }
  if (verdicts.every((verdict) => verdict === holds)) return found;
  const isThere = column.spread(verdicts, rows.rowCount);
  for (let row = 0; row < found.length; row++) if (isThere[row] === fails) found[row] = fails;
  return found;
}

function judgeLabelRows(requirement: AttributeRequirement, label: string, rows: CatalogRows): Verdicts {
  const absent = requirement.operator === '!=' ? holds : fails;
  const facets = rows.labels(label);
  if (facets === undefined) return new Uint8Array(rows.rowCount).fill(absent);
  return facets.spread(judgeReadings(requirement, facets.samples, rows), absent, rows.rowCount);
}

function judgeReadings(
  requirement: AttributeRequirement,
  samples: readonly Reading[],
  { verdicts, rules }: CatalogRows,
): Uint8Array {
  return verdicts.verdictsOn(requirement, samples, (reading) =>
    verdictOf(judgeRequirement(requirement, reading, rules)),
  );
}

function verdictOf({ holds: isMet, needsStandIn }: Judgement): number {
  if (!isMet) return fails;
  return needsStandIn ? holdsByStandIn : holds;
}

/** Without a stand-in rather than with one, with one rather than not. */
function better(left: Verdicts, right: Verdicts): Verdicts {
  return left.map((one, row) => {
    const other = right[row] ?? fails;
    if (one === holds || other === holds) return holds;
    return one === fails ? other : one;
  });
}
