/** Half-open range of the source text: offsets in UTF-16 code units; line and column count from 1. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  readonly column: number;
}

export type Dialect = 'im' | 'paper' | 'trencadis';

/** RADL1xx lexical, RADL2xx syntax, RADL3xx semantic, RADL4xx resolution. Codes are stable. */
export interface Diagnostic {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly span: Span;
  /** The remedy: the nearest id or key, the fix. */
  readonly hint?: string;
  /** Where it is about what is deployed on that VM manager, as the document calls it. */
  readonly cloudId?: string;
}

export type Comparison = '=' | '<' | '<=' | '>' | '>=';

export type Value =
  | {
      readonly kind: 'number';
      readonly value: number;
      readonly unit?: string;
      /** A whole number written as `1.` or `1.0`: a key that takes whole numbers refuses it, as IM does. */
      readonly hasPoint?: true;
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly texts: readonly string[] };

export type Feature =
  | {
      readonly kind: 'comparison';
      readonly key: string;
      readonly operator: Comparison;
      readonly value: Value;
      readonly span: Span;
    }
  | {
      readonly kind: 'contains';
      readonly key: string;
      readonly features: readonly Feature[];
      readonly span: Span;
    }
  | {
      readonly kind: 'soft';
      readonly weight: number;
      readonly features: readonly Feature[];
      readonly span: Span;
    };

/**
 * `isReference`: declared without parentheses, so defined elsewhere. Dialect `paper` has no network references:
 * there `network private` defines an empty one, and the parser says so here.
 */
export interface RadlNetwork {
  readonly id: string;
  readonly isReference: boolean;
  readonly features: readonly Feature[];
  readonly span: Span;
}

export interface RadlSystem {
  readonly id: string;
  readonly isReference: boolean;
  readonly features: readonly Feature[];
  readonly span: Span;
}

export interface RadlAnsible {
  readonly id: string;
  readonly features: readonly Feature[];
  readonly span: Span;
}

/** Replicas of one system behind a balancer (availability.md); keys in service-keys.ts. Not in dialect `im`. */
export interface RadlService {
  readonly id: string;
  readonly features: readonly Feature[];
  readonly span: Span;
}

/** What `@input.ID@` stands for. Not in dialect `im`. */
export interface RadlInput {
  readonly id: string;
  readonly features: readonly Feature[];
  readonly span: Span;
}

/** A named value of what was deployed: addresses, an endpoint, a secret. Not in dialect `im`. */
export interface RadlOutput {
  readonly id: string;
  readonly features: readonly Feature[];
  readonly span: Span;
}

/** Puppet resource line of the paper dialect: `create_database {'SQL_Keys': file => 'database.sql'}`. */
export interface RadlResourceLine {
  readonly type: string;
  readonly title: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly span: Span;
}

export interface RadlConfigure {
  readonly id: string;
  readonly isReference: boolean;
  readonly body:
    | { readonly kind: 'none' }
    | { readonly kind: 'recipe'; readonly text: string }
    | { readonly kind: 'resource-lines'; readonly lines: readonly RadlResourceLine[] };
  readonly span: Span;
}

export interface RadlDeploy {
  /** Or the id of a service, which is deployed once: its `replicas.*` say how many machines. */
  readonly systemId: string;
  readonly count: number;
  readonly cloudId?: string;
  readonly span: Span;
}

export interface RadlContextualize {
  readonly maxTimeSeconds?: number;
  readonly options: readonly { readonly name: string; readonly value: Value }[];
  readonly items: readonly {
    readonly systemId: string;
    readonly configureId: string;
    readonly step?: number;
    readonly tool?: string;
    readonly span: Span;
  }[];
  readonly span: Span;
}

export interface RadlDocument {
  readonly description?: { readonly id: string; readonly features: readonly Feature[]; readonly span: Span };
  readonly networks: readonly RadlNetwork[];
  readonly ansibles: readonly RadlAnsible[];
  readonly systems: readonly RadlSystem[];
  readonly services: readonly RadlService[];
  readonly inputs: readonly RadlInput[];
  readonly outputs: readonly RadlOutput[];
  readonly configures: readonly RadlConfigure[];
  readonly contextualize?: RadlContextualize;
  readonly deploys: readonly RadlDeploy[];
}

/** Numeric feature after merging all its comparisons, in base units (bytes for sizes). */
export interface Interval {
  readonly low?: { readonly value: number; readonly isStrict: boolean };
  readonly high?: { readonly value: number; readonly isStrict: boolean };
}
