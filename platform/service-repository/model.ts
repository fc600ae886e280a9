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

export type ParameterType = 'string' | 'number' | 'boolean' | 'choice' | 'password' | 'json';

/** What `service.json` declares: handed to the installed components whose manifests ask for it. */
export interface ComponentParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly help: string;
  readonly isRequired: boolean;
  readonly default?: ParameterValue;
  /** Of type `choice` only. */
  readonly choices?: readonly string[];
}

/** What whoever deploys a service decides. */
export interface ServiceParameter extends ComponentParameter {
  /**
   * `document`: an `input` section of the RADL text declares it, and it takes the place of `@input.NAME@` or chooses
   * a fragment. `components`: as {@link ComponentParameter}.
   */
  readonly target: 'document' | 'components';
  readonly min?: number;
  readonly max?: number;
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
  readonly parameters: readonly ComponentParameter[];
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
