import { fc } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { type Caller, holdsOntology, parseScopes, requireOntology, requireOperation } from './index.ts';

const callerWith = (scope: string): Caller => ({
  subject: 'ada',
  issuer: 'https://vo.example',
  groups: ['/trencadis/ontologies/7'],
  scopes: parseScopes(scope),
});

describe('a scope', () => {
  it.each([
    { scope: 'key.read:/ontologies/5', ontology: 5, holds: true },
    { scope: 'key.read:/ontologies/5', ontology: 50, holds: false },
    { scope: 'key.read:/ontologies/50', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/5/reports', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies', ontology: 5, holds: true },
    { scope: 'key.read:/', ontology: 5, holds: true },
    { scope: 'key.read', ontology: 5, holds: false },
    { scope: 'key.read:', ontology: 5, holds: false },
    { scope: 'key.read:ontologies/5', ontology: 5, holds: false },
    { scope: 'key.read://ontologies/5', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/5/', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/6/../5', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/./5', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/%35', ontology: 5, holds: false },
    { scope: 'key.read:/ontologies/05', ontology: 5, holds: false },
    { scope: 'key.write:/ontologies/5', ontology: 5, holds: false },
    { scope: 'key.readall:/ontologies/5', ontology: 5, holds: false },
    { scope: 'KEY.READ:/ontologies/5', ontology: 5, holds: false },
    { scope: 'openid key.write:/ontologies/6  key.read:/ontologies/5', ontology: 5, holds: true },
    { scope: '', ontology: 7, holds: false },
  ])("'$scope' on ontology $ontology: $holds", ({ scope, ontology, holds }) => {
    expect(holdsOntology(callerWith(scope), ontology, 'key.read')).toBe(holds);
  });

  it('covers exactly its own ontology, whatever the number', () => {
    const exact = fc.property(fc.nat(), fc.nat(), (held, asked) => {
      expect(holdsOntology(callerWith(`key.read:/ontologies/${held}`), asked, 'key.read')).toBe(
        held === asked,
      );
    });
    fc.assert(exact);
  });

  it('is never found in arbitrary text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const { operation, path } of parseScopes(text))
          expect(text).toContain(`${operation}:/${path.join('/')}`);
      }),
    );
  });
});

describe('require', () => {
  it('throws forbidden, naming the right', () => {
    const caller = callerWith('key.read:/ontologies/5');
    expect(() => requireOntology(caller, 5, 'key.read')).not.toThrow();
    expect(() => requireOntology(caller, 6, 'key.read')).toThrow(/does not allow key.read on ontology 6/);
    expect(() => requireOperation(caller, 'key.read')).not.toThrow();
    expect(() => requireOperation(caller, 'key.sign')).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });
});
