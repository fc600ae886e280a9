import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

interface About {
  readonly given: unknown;
  readonly whereToFind: Readonly<Record<string, string>>;
}

/** What is wrong with credentials, by its place; a value is never repeated. */
export function credentialProblems(issues: readonly Issue[], about: About): readonly string[] {
  return [...new Set(issues.flatMap((issue) => nearest(issue)).map((issue) => describe(issue, about)))];
}

/** Where credentials come in several forms, what the form lacks that was meant most likely. */
function nearest(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const forms = issue.errors.map((errors) =>
    errors.flatMap((each) => nearest({ ...each, path: [...issue.path, ...each.path] })),
  );
  return forms.toSorted((one, other) => one.length - other.length)[0] ?? [issue];
}

function describe(issue: Issue, { given, whereToFind }: About): string {
  const place = issue.path.length === 0 ? 'the object' : issue.path.join('.');
  // The keys are the giver's own words, and a secret may have slipped among them.
  if (issue.code === 'unrecognized_keys') return `${place} has keys that are not known`;
  const isMissing = issue.code === 'invalid_type' && valueAt(given, issue.path) === undefined;
  const hint = whereToFind[String(issue.path[0] ?? '')];
  return `${place}: ${isMissing ? 'is missing' : issue.message}${hint === undefined ? '' : `, ${hint}`}`;
}

function valueAt(given: unknown, path: Issue['path']): unknown {
  let value = given;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
