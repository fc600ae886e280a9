import type { Sha256, VmiId } from '@trencadis/ids';
import type { Dialect } from '@trencadis/radl';

/** Any JSON: what a parameter of type `json` takes; the other types take a text, a number or a boolean. */
export type ParameterValue =
  | string
  | number
  | boolean
  | null
  | readonly ParameterValue[]
  | { readonly [key: string]: ParameterValue };

export type ParameterType = 'string' | 'number' | 'boolean' | 'choice' | 'json';

/** What whoever deploys a service decides. */
export interface ServiceParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly help: string;
  /**
   * `document`: takes the place of `@input.NAME@` in the RADL text, or chooses a fragment of it.
   * `components`: handed to the installed components that ask for it (`parameters` of their manifests).
   */
  readonly target: 'document' | 'components';
  readonly isRequired: boolean;
  readonly default?: ParameterValue;
  /** A value that fits, where one cannot be guessed from the type: registration renders the document with it. */
  readonly example?: ParameterValue;
  /** Of type `choice` only. */
  readonly choices?: readonly string[];
}

/** The columns "ID VMI" and "ID Installation File" of the paper's Table 3. */
export interface ServiceNeeds {
  /** Each an image, or alternatives of which every deployment uses one ("3 or 4 or 5"). */
  readonly vmis: readonly (VmiId | readonly VmiId[])[];
  /** File names in the component repository. */
  readonly components: readonly string[];
}

/** A draft is complete but for what it names: VMIs that nobody built yet, components that nobody wrote yet. */
export type ServiceStatus =
  | { readonly kind: 'released' }
  | { readonly kind: 'draft'; readonly reason: string; readonly missing: readonly string[] };

/** What a description's files say (paper 4.3): RADL text with parameters, and what it needs. */
export interface ServiceDescription {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly radl: string;
  readonly dialect: Dialect;
  /** RADL text that is added for a choice, by parameter and choice. */
  readonly fragments: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly parameters: readonly ServiceParameter[];
  readonly needs: ServiceNeeds;
  readonly status: ServiceStatus;
}

/** A registered description; it never changes. */
export interface ServiceVersion extends ServiceDescription {
  /** Of all but the version. */
  readonly digest: Sha256;
  readonly registeredAt: Date;
}

/** `title` and `description` are those of the newest version. */
export interface Service {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Oldest first; at least one. */
  readonly versions: readonly ServiceVersion[];
}

/** `place` is a file with its line, or a path in `service.json`; `message` says the remedy too. */
export interface ServiceProblem {
  readonly place: string;
  readonly message: string;
}

/** What is planned and deployed: RADL without parameters, and what its components are handed. */
export interface RenderedService {
  readonly radl: string;
  readonly dialect: Dialect;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
}

export type Rendering =
  | ({ readonly kind: 'rendered'; readonly version: string } & RenderedService)
  | { readonly kind: 'problems'; readonly problems: readonly ServiceProblem[] };

export type Registration =
  | { readonly kind: 'registered' | 'unchanged'; readonly version: string }
  | { readonly kind: 'problems'; readonly problems: readonly ServiceProblem[] };
