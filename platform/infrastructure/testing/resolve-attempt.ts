import { readFileSync } from 'node:fs';
import { type Diagnostic, hasErrors, readRadl } from '@trencadis/radl';
import type { DesiredInfrastructure, Infrastructure } from '../model.ts';
import type { Offers } from '../offers.ts';
import { resolveDesired } from '../resolve-desired.ts';
import { exampleInfrastructure } from './examples.ts';
import { keyServerOffers } from './key-server-offers.ts';

export const fig3 = readFileSync(
  new URL('../../../service-descriptions/key-server/key-server.radl', import.meta.url),
  'utf8',
);
export const given = { 'token-issuers': [] };

export interface Attempt {
  readonly radl?: string;
  readonly offers?: Partial<Offers>;
  readonly parameters?: Infrastructure['parameters'];
  readonly infrastructure?: Partial<Infrastructure>;
}

function resolve({ radl = fig3, offers = {}, parameters = given, infrastructure: changes = {} }: Attempt) {
  const { document, diagnostics } = readRadl(radl, { dialect: 'paper' });
  if (hasErrors(diagnostics)) throw new Error(JSON.stringify(diagnostics));
  const infrastructure = exampleInfrastructure('keys', { radl, parameters, dialect: 'paper', ...changes });
  return resolveDesired(infrastructure, document, { ...keyServerOffers, ...offers });
}

export function desiredOf(attempt: Attempt): DesiredInfrastructure {
  const resolution = resolve(attempt);
  if (resolution.kind === 'desired') return resolution.desired;
  throw new Error(JSON.stringify(resolution.diagnostics));
}

export function problemsOf(attempt: Attempt): readonly Diagnostic[] {
  const resolution = resolve(attempt);
  return resolution.kind === 'problems' ? resolution.diagnostics : [];
}
