import type { Component } from '@trencadis/component-repository';
import type { Configurator } from '@trencadis/contextualization';
import {
  type ImageRequirements,
  type MatchResult,
  explainNoImage,
  radlImageRequirements,
} from '@trencadis/image-catalog';
import type { VmiId } from '@trencadis/ids';
import { resolveConfigurations } from '@trencadis/infrastructure';
import { type Diagnostic, type RadlDocument, type RadlSystem, deployedSystems } from '@trencadis/radl';
import type { ServiceDescription, ServiceProblem } from './model.ts';

/** What the other two repositories have, and what configures machines. */
export interface ServiceOffers {
  /** Of the images asked about, those that the catalog has. */
  readonly vmis: ReadonlySet<VmiId>;
  /** The catalog's matching (paper 4.1), for any VM manager. */
  readonly matchImages: (requirements: ImageRequirements) => MatchResult;
  readonly components: readonly Component[];
  readonly configurators: ReadonlyMap<string, Pick<Configurator, 'name' | 'inspect'>>;
}

const inNeeds = 'service.json: needs';

/** What a description needs against the repositories. What a draft says is missing may be missing. */
export function checkPresence(
  description: ServiceDescription,
  offers: ServiceOffers,
): readonly ServiceProblem[] {
  return [
    ...draftProblems(description),
    ...missingProblems(description, offers),
    ...parameterProblems(description, offers.components),
  ];
}

/** What a description says it needs against what its documents, one a combination of choices, choose and name. */
export function checkNeeds(
  description: ServiceDescription,
  documents: readonly RadlDocument[],
  offers: ServiceOffers,
): readonly ServiceProblem[] {
  const configurations = documents.map((document) => configurationsOf(document, offers));
  return [
    ...imageProblems(description, documents, offers),
    ...componentProblems(
      description,
      configurations.flatMap(({ componentFiles }) => componentFiles),
    ),
    ...configurations.flatMap(({ diagnostics }) => configurationProblems(description, diagnostics)),
  ];
}

/** All images that a description may use. */
export function vmisOf({ needs }: ServiceDescription): readonly VmiId[] {
  return needs.vmis.flat();
}

/** The VMIs that are not in the catalog and the components that are not in their repository, as needed by `description`. */
export function missingNeeds(
  { needs }: ServiceDescription,
  { vmis, components }: Pick<ServiceOffers, 'vmis' | 'components'>,
): { readonly vmis: readonly string[]; readonly components: readonly string[] } {
  return {
    vmis: needs.vmis.flat().filter((id) => !vmis.has(id)),
    components: needs.components.filter((file) => !components.some(({ fileName }) => fileName === file)),
  };
}

function draftProblems({ status, needs }: ServiceDescription): readonly ServiceProblem[] {
  if (status.kind === 'released') return [];
  const needed = new Set<string>([...needs.vmis.flat(), ...needs.components]);
  return status.missing
    .filter((name) => !needed.has(name))
    .map((name) => ({ place: 'service.json: status.missing', message: `'${name}' is not among the needs` }));
}

function missingProblems(description: ServiceDescription, offers: ServiceOffers): readonly ServiceProblem[] {
  const tolerated = missingOfDraft(description);
  const missing = missingNeeds(description, offers);
  return [
    ...missing.vmis
      .filter((id) => !tolerated.includes(id))
      .map((id) => ({
        place: `${inNeeds}.vmis`,
        message: `the image catalog has no image '${id}'; add it, or correct the id (trencadis image list)`,
      })),
    ...missing.components
      .filter((file) => !tolerated.includes(file))
      .map((file) => ({
        place: `${inNeeds}.components`,
        message: `the component repository has no '${file}'; add it (trencadis component build, or add), or mark the service as a draft`,
      })),
  ];
}

function missingOfDraft({ status }: ServiceDescription): readonly string[] {
  return status.kind === 'draft' ? status.missing : [];
}

/** Each system gets one of the needed VMIs, and each of them is got by some system. */
function imageProblems(
  description: ServiceDescription,
  documents: readonly RadlDocument[],
  { vmis, matchImages }: ServiceOffers,
): readonly ServiceProblem[] {
  const groups = description.needs.vmis.map((group) => [group].flat());
  // A system for which the image is still missing gets another one, or none: nothing to hold against it.
  if (missingNeeds(description, { vmis, components: [] }).vmis.length > 0) return [];
  const problems: ServiceProblem[] = [];
  const everChosen = new Set<string>();
  for (const document of documents) {
    const chosen = new Set<string>();
    for (const { system } of deployedSystems(document)) {
      const choice = chooseImage(system, matchImages);
      if ('id' in choice) chosen.add(choice.id);
      const isDeclared = 'id' in choice && groups.some((group) => group.some((id) => id === choice.id));
      if (!isDeclared) problems.push(imageProblem(system, choice));
    }
    problems.push(...unchosenGroups(groups, chosen));
    for (const id of chosen) everChosen.add(id);
  }
  const neverChosen = groups.flat().filter((id) => !everChosen.has(id));
  return [...problems, ...neverChosen.map((id) => unchosen(`'${id}'`))];
}

type ImageChoice = { readonly id: string } | { readonly because: string };

function chooseImage(system: RadlSystem, matchImages: ServiceOffers['matchImages']): ImageChoice {
  const requirements = radlImageRequirements(system);
  const result = matchImages(requirements);
  const [best] = result.ranked;
  return best === undefined ? { because: explainNoImage(result, requirements) } : { id: best.vmi.id };
}

function imageProblem({ id: system }: RadlSystem, choice: ImageChoice): ServiceProblem {
  const message =
    'id' in choice
      ? `the catalog chooses '${choice.id}' for system ${system}; name it there, or ask for what the right image has`
      : `system ${system}: ${choice.because}`;
  return { place: `${inNeeds}.vmis`, message };
}

function unchosenGroups(
  groups: readonly (readonly string[])[],
  chosen: ReadonlySet<string>,
): readonly ServiceProblem[] {
  const alternatives = groups.filter((group) => group.length > 1 && !group.some((id) => chosen.has(id)));
  return alternatives.map((group) => unchosen(group.map((id) => `'${id}'`).join(' or ')));
}

function unchosen(what: string): ServiceProblem {
  const message = `${what} is chosen for no system; remove it, or deploy a system that asks for what it has`;
  return { place: `${inNeeds}.vmis`, message };
}

function componentProblems(
  { needs }: ServiceDescription,
  files: readonly string[],
): readonly ServiceProblem[] {
  const named = new Set(files);
  const undeclared = [...named].filter((file) => !needs.components.includes(file));
  const unused = needs.components.filter((file) => !named.has(file));
  const place = `${inNeeds}.components`;
  return [
    ...undeclared.map((file) => ({
      place,
      message: `the RADL text names '${file}', which is not here; add it`,
    })),
    ...unused.map((file) => ({
      place,
      message: `no configure of a deployed system names '${file}'; remove it`,
    })),
  ];
}

/** What manifests ask for is declared; what is declared for components is asked for, once all of them are there. */
function parameterProblems(
  description: ServiceDescription,
  components: readonly Component[],
): readonly ServiceProblem[] {
  const { needs, parameters } = description;
  const installed = needs.components.flatMap(
    (file) => components.findLast(({ fileName }) => fileName === file) ?? [],
  );
  const asked = installed.flatMap(({ fileName, manifest }) =>
    (manifest?.parameters ?? []).map((parameter) => ({ fileName, ...parameter })),
  );
  const undeclared = asked.filter(
    ({ name, required }) => required && !parameters.some((parameter) => parameter.name === name),
  );
  const isComplete = installed.length === needs.components.length;
  const unasked = parameters.filter(({ name }) => isComplete && !asked.some((each) => each.name === name));
  return [
    ...undeclared.map(({ name, fileName }) => ({
      place: 'service.json: parameters',
      message: `${fileName} needs '${name}'; declare it`,
    })),
    ...unasked.map(({ name }) => ({
      place: `service.json: parameters.${name}`,
      message: 'no component asks for it; remove it',
    })),
  ];
}

/** Codes that the checks above say in terms of the description: components and parameters that are missing. */
const saidElsewhere = new Set(['RADL403', 'RADL406']);

function configurationsOf(document: RadlDocument, { components, configurators }: ServiceOffers) {
  const deployed = deployedSystems(document).map(({ system }) => system.id);
  const infrastructure = { parameters: {}, dialect: 'trencadis' } as const;
  return resolveConfigurations(document, { deployed, offers: { components, configurators }, infrastructure });
}

function configurationProblems(
  { name }: ServiceDescription,
  diagnostics: readonly Diagnostic[],
): readonly ServiceProblem[] {
  return diagnostics
    .filter(({ code }) => !saidElsewhere.has(code))
    .map(({ code, message, hint = '' }) => ({
      place: `${name}.radl`,
      message: `${code}: ${message}${hint && ` ${hint}`}`,
    }));
}
