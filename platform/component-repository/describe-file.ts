import { PlatformError } from '@trencadis/errors';
import type { Sha256 } from '@trencadis/ids';
import { statementSchema } from './component-schema.ts';
import { typeOfFile } from './component-type.ts';
import { describeIssues } from './describe-issues.ts';
import type { Component, FileToAdd } from './model.ts';
import { nameOf } from './resolve-dependencies.ts';
import { type SignaturePolicy, readSignature } from './signature-policy.ts';

/** What is known of a component before its content has come. */
export type Draft = Omit<Component, 'digest' | 'sizeBytes' | 'manifest' | 'puppetModule'> & {
  readonly digest?: Sha256;
};

/** Throws `invalid-argument` naming what is wrong with what is said of the file. */
export function describeFile(file: FileToAdd, policy: SignaturePolicy): Draft {
  const result = statementSchema.safeParse(file);
  if (!result.success) {
    const message = `The component '${file.fileName}' cannot be added: ${describeIssues(result.error)}.`;
    throw new PlatformError('invalid-argument', message, { subject: file.fileName });
  }
  const { fileName, version, description, licence, dependencies = [] } = result.data;
  const signature = readSignature(policy, file);
  return {
    fileName,
    version,
    type: typeOfFile(fileName, file.type),
    description,
    ...(file.digest === undefined ? {} : { digest: file.digest }),
    ...(licence === undefined ? {} : { licence }),
    ...(dependencies.length === 0 ? {} : { dependencies }),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** What is said anew of a component must be what was said; what is not said is not disputed. */
export function assertSameStatement(known: Component, added: Draft): void {
  const fields = ['digest', 'type', 'licence', 'dependencies', 'signature'] as const;
  const differing = fields.filter(
    (field) => added[field] !== undefined && JSON.stringify(added[field]) !== JSON.stringify(known[field]),
  );
  if (differing.length === 0) return;
  const what = differing.includes('digest') ? 'content' : differing.join(' and ');
  const message = `${nameOf(added)} is in the component repository with other ${what}; add it under another version.`;
  throw new PlatformError('conflict', message, {
    subject: added.fileName,
    details: { known: known.digest, added: added.digest },
  });
}
