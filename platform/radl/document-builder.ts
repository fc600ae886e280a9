import type {
  Feature,
  RadlAnsible,
  RadlConfigure,
  RadlContextualize,
  RadlDeploy,
  RadlDocument,
  RadlInput,
  RadlNetwork,
  RadlOutput,
  RadlService,
  RadlSystem,
} from './model.ts';

/** A part of the document while its words come in. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] };

/** A section that only holds features. */
export interface FeatureSection {
  readonly id: string;
  isReference: boolean;
  readonly features: Feature[];
  span: RadlSystem['span'];
}

/** Sections enter when their head is read, so one that breaks later is still known by its id. */
export class DocumentBuilder {
  readonly descriptions: FeatureSection[] = [];
  readonly networks: FeatureSection[] = [];
  readonly ansibles: FeatureSection[] = [];
  readonly systems: FeatureSection[] = [];
  readonly services: FeatureSection[] = [];
  readonly inputs: FeatureSection[] = [];
  readonly outputs: FeatureSection[] = [];
  readonly configures: Draft<RadlConfigure>[] = [];
  readonly contextualizes: RadlContextualize[] = [];
  readonly deploys: RadlDeploy[] = [];

  get isEmpty(): boolean {
    return this.descriptions.length === 0 && !this.hasSentence;
  }

  /** A section other than a description. */
  get hasSentence(): boolean {
    const { networks, ansibles, systems, configures, contextualizes, deploys } = this;
    const added = [this.services, this.inputs, this.outputs];
    return [networks, ansibles, systems, ...added, configures, contextualizes, deploys].some(
      (sections) => sections.length > 0,
    );
  }

  build(): RadlDocument {
    const [description] = this.descriptions;
    const contextualize = mergeContextualizes(this.contextualizes);
    return {
      ...(description === undefined ? {} : { description: withoutReference(description) }),
      networks: this.networks satisfies readonly RadlNetwork[],
      ansibles: this.ansibles.map(withoutReference) satisfies readonly RadlAnsible[],
      systems: this.systems,
      services: this.services.map(withoutReference) satisfies readonly RadlService[],
      inputs: this.inputs.map(withoutReference) satisfies readonly RadlInput[],
      outputs: this.outputs.map(withoutReference) satisfies readonly RadlOutput[],
      configures: this.configures,
      ...(contextualize === undefined ? {} : { contextualize }),
      deploys: this.deploys,
    };
  }
}

function withoutReference({ id, features, span }: FeatureSection): Omit<FeatureSection, 'isReference'> {
  return { id, features, span };
}

/** Several sections act as one: the longest time, all options and items (RADL, section 5). */
function mergeContextualizes(all: readonly RadlContextualize[]): RadlContextualize | undefined {
  const [first, ...rest] = all;
  if (first === undefined || rest.length === 0) return first;
  const times = all.flatMap((each) => each.maxTimeSeconds ?? []);
  return {
    ...(times.length === 0 ? {} : { maxTimeSeconds: times.reduce((a, b) => Math.max(a, b)) }),
    options: all.flatMap((each) => each.options),
    items: all.flatMap((each) => each.items),
    span: first.span,
  };
}
