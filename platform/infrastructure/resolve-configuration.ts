import type { Component } from '@trencadis/component-repository';
import type { Configurator, Recipe, RecipeInspection } from '@trencadis/contextualization';
import { sha256OfJson } from '@trencadis/ids';
import type { Diagnostic, RadlDocument, Span } from '@trencadis/radl';
import type { DesiredConfiguration, Infrastructure } from './model.ts';
import type { Offers } from './offers.ts';
import { type RecipeGroup, recipeGroupsOf } from './recipe-groups.ts';
import { type ResolutionProblem, resolutionError } from './resolution-problems.ts';

/** A database by the systems that hold and use it. */
interface SystemDatabase {
  readonly name: string;
  readonly user: string;
  readonly heldBy: string;
  readonly usedBy: readonly string[];
}

export interface ResolvedConfigurations {
  /** In the order of their steps. */
  readonly bySystem: ReadonlyMap<string, readonly DesiredConfiguration[]>;
  readonly databases: readonly SystemDatabase[];
  /** All that the recipes need, whether the repository has them or not. */
  readonly componentFiles: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Inputs {
  /** Ids of the systems that are deployed. */
  readonly deployed: readonly string[];
  readonly offers: Pick<Offers, 'components' | 'configurators'>;
  readonly infrastructure: Pick<Infrastructure, 'parameters' | 'dialect'>;
}

/** What one configurator applies to a system in one step, and the components that it names. */
interface Draft {
  readonly systemId: string;
  readonly step: number;
  readonly configurator: Configurator['name'];
  readonly recipe: Recipe;
  readonly applications: DesiredConfiguration['applications'];
  readonly usesPeers: boolean;
  readonly componentFiles: readonly string[];
  readonly components: readonly Component[];
  /** Names of the databases that the recipe makes. */
  readonly databases: readonly string[];
  readonly span: Span;
}

const defaultTimeoutMs = 900_000;

/** What each system's `configure` needs from the repository and from the other systems (paper 4.4, Table 3). */
export function resolveConfigurations(document: RadlDocument, inputs: Inputs): ResolvedConfigurations {
  const diagnostics: Diagnostic[] = [];
  const report: Report = (problem, span, message, hint) => {
    diagnostics.push(resolutionError(problem, span, { message, ...(hint === undefined ? {} : { hint }) }));
  };
  const { parameters, dialect } = inputs.infrastructure;
  const deployed = new Set(inputs.deployed);
  const drafts = document.systems
    .filter(({ id }) => deployed.has(id))
    .flatMap((system) =>
      recipeGroupsOf(document, system, dialect).flatMap((group) =>
        draftOf(system.id, group, { offers: inputs.offers, report }),
      ),
    );
  const databases = databasesOf(drafts, report);
  checkParameters(drafts, parameters, report);
  const maxSeconds = document.contextualize?.maxTimeSeconds ?? 0;
  const timeoutMs = maxSeconds > 0 ? maxSeconds * 1000 : defaultTimeoutMs;
  const bySystem = new Map(
    [...Map.groupBy(drafts, ({ systemId }) => systemId)].map(([systemId, own]) => [
      systemId,
      own.map((draft) => configurationOf(draft, parameters, timeoutMs)),
    ]),
  );
  const componentFiles = [...new Set(drafts.flatMap((draft) => draft.componentFiles))];
  return { bySystem, databases, componentFiles, diagnostics };
}

type Report = (problem: ResolutionProblem, span: Span, message: string, hint?: string) => void;

function draftOf(
  systemId: string,
  { step, configurator: name, recipe, applications, span }: RecipeGroup,
  { offers, report }: { readonly offers: Inputs['offers']; readonly report: Report },
): Draft[] {
  const configurator = offers.configurators.get(name);
  if (configurator === undefined) {
    const known = [...offers.configurators.keys()].join(', ');
    const message = `Configure of ${systemId}: there is no configurator '${name}' here.`;
    report('unsupportedRecipe', span, message, `There are: ${known}.`);
    return [];
  }
  const inspection = configurator.inspect(recipe, applications, offers.components);
  for (const problem of inspection.problems)
    report('unsupportedRecipe', span, `Configure of ${systemId}: ${problem}`);
  const components = componentsOf(inspection, { offers, systemId, span, report });
  const { componentFiles, databases, usesPeers } = inspection;
  const found = { componentFiles, components, databases, usesPeers };
  return [{ systemId, step, configurator: configurator.name, recipe, applications, span, ...found }];
}

function componentsOf(
  { componentFiles }: RecipeInspection,
  at: {
    readonly offers: Inputs['offers'];
    readonly systemId: string;
    readonly span: Span;
    readonly report: Report;
  },
): Component[] {
  const { offers, systemId, span, report } = at;
  return componentFiles.flatMap((fileName) => {
    const component = offers.components.findLast((each) => each.fileName === fileName);
    if (component) return [component];
    const known = offers.components.map((each) => each.fileName).join(', ') || 'none';
    const message = `Configure of ${systemId}: no component '${fileName}' is in the repository.`;
    report('unknownComponent', span, message, `There are: ${known}.`);
    return [];
  });
}

function databasesOf(drafts: readonly Draft[], report: Report): SystemDatabase[] {
  const created = drafts.flatMap((draft) => draft.databases.map((name) => ({ name, draft })));
  const names = new Set<string>();
  for (const { name, draft } of created) {
    if (names.has(name))
      report(
        'duplicateDatabase',
        draft.span,
        `Database '${name}' is created twice.`,
        'Let one configure create it.',
      );
    names.add(name);
  }
  const needs = drafts.flatMap((draft) =>
    draft.components.flatMap((component) =>
      (component.manifest?.databases ?? []).map((name) => ({ name, draft, component })),
    ),
  );
  for (const { name, draft, component } of needs) {
    if (names.has(name)) continue;
    const message = `Component ${component.fileName} of ${draft.systemId} needs database '${name}', which no configure creates.`;
    report(
      'missingDatabase',
      draft.span,
      message,
      `Add create_database {'${name}': file => '...'} to the configure of the system that holds it.`,
    );
  }
  return created.map(({ name, draft }) => ({
    name,
    user: name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '_'),
    heldBy: draft.systemId,
    usedBy: [...new Set(needs.filter((need) => need.name === name).map((need) => need.draft.systemId))],
  }));
}

function checkParameters(
  drafts: readonly Draft[],
  given: Readonly<Record<string, unknown>>,
  report: Report,
): void {
  for (const draft of drafts) {
    for (const component of draft.components) {
      for (const parameter of component.manifest?.parameters ?? []) {
        if (!parameter.required || given[parameter.name] !== undefined) continue;
        const message = `Component ${component.fileName} of ${draft.systemId} needs the parameter '${parameter.name}': ${parameter.description}.`;
        report('missingParameter', draft.span, message, `Give it: --parameter ${parameter.name}=@FILE.json`);
      }
    }
  }
}

function configurationOf(
  { step, configurator, recipe, applications, usesPeers, components }: Draft,
  given: Readonly<Record<string, unknown>>,
  timeoutMs: number,
): DesiredConfiguration {
  const manifests = components.flatMap((component) => component.manifest ?? []);
  const used = manifests
    .flatMap((manifest) => manifest.parameters)
    .map(({ name }) => [name, given[name] ?? null]);
  const what = {
    configurator,
    recipe,
    applications,
    components: components.map(({ fileName, version, digest }) => ({ fileName, version, digest })),
    secrets: manifests.flatMap((manifest) => manifest.secrets),
    endpoints: manifests.map(({ name, protocol, port, readyPath }) => ({
      service: name,
      protocol,
      port,
      readyPath,
    })),
  };
  return { step, ...what, usesPeers, timeoutMs, digest: sha256OfJson([what, used]) };
}
