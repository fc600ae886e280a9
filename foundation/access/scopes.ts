import { PlatformError } from '@trencadis/errors';
import type { Caller, Scope } from './caller.ts';

/**
 * Capability scopes in the form of the WLCG token profile 1.0 (2.2): `<operation>:<path>`, separated by spaces, for
 * example `key.read:/ontologies/5 key.write:/ontologies`. A path covers itself and what is below it, whole names
 * only: `/ontologies/5` covers `/ontologies/5/x` and not `/ontologies/50`. What is not in this form (no path, an
 * empty name, `.` or `..`) grants nothing.
 */
export function parseScopes(text: string): readonly Scope[] {
  return text.split(' ').flatMap((word) => {
    const [, operation, pathText] = /^([a-z]+\.[a-z]+):(\/.*)$/.exec(word) ?? [];
    const path = pathText === undefined ? undefined : parsePath(pathText);
    return operation === undefined || path === undefined ? [] : [{ operation, path }];
  });
}

function parsePath(text: string): readonly string[] | undefined {
  if (text === '/') return [];
  const names = text.slice(1).split('/');
  return names.every((name) => /^[\w.~-]+$/.test(name) && name !== '.' && name !== '..') ? names : undefined;
}

function covers(scope: Scope, operation: string, path: readonly string[]): boolean {
  return scope.operation === operation && scope.path.every((name, index) => name === path[index]);
}

/** Throws `forbidden` unless the caller may do the operation on anything at all. The gate before the real check. */
export function requireOperation(caller: Caller, operation: string): void {
  if (!caller.scopes.some((scope) => scope.operation === operation))
    throw denied(caller, operation, 'anything');
}

/** Whether the caller holds the operation for that ontology: a scope that covers `/ontologies/<id>`. */
export function holdsOntology(caller: Caller, ontologyId: number, operation: string): boolean {
  return caller.scopes.some((scope) => covers(scope, operation, ['ontologies', String(ontologyId)]));
}

/** Throws `forbidden` unless {@link holdsOntology}. */
export function requireOntology(caller: Caller, ontologyId: number, operation: string): void {
  if (!holdsOntology(caller, ontologyId, operation)) {
    throw denied(caller, operation, `ontology ${ontologyId}`);
  }
}

function denied(caller: Caller, operation: string, object: string): PlatformError {
  return new PlatformError(
    'forbidden',
    `Your token does not allow ${operation} on ${object}. Ask your virtual organization for that right.`,
    { subject: caller.subject },
  );
}
