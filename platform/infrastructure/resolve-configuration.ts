import type { Component } from '@trencadis/component-repository';
import type { Recipe } from '@trencadis/contextualization';
import { sha256OfJson } from '@trencadis/ids';
import {
  type Diagnostic,
  type RadlConfigure,
  type RadlDocument,
  type Span,
  configureOf,
} from '@trencadis/radl';
import type { DesiredConfiguration, Infrastructure } from './model.ts';
import type { Offers } from './offers.ts';
import { type ResolutionProblem, resolutionError } from './resolution-problems.ts';

/** A database by the systems that hold and use it. */
interface SystemDatabase {
  readonly name: string;
  readonly user: string;
  readonly heldBy: string;
  readonly usedBy: readonly string[];
}

export interface ResolvedConfigurations {
  readonly bySystem: ReadonlyMap<string, DesiredConfiguration>;
  readonly databases: readonly SystemDatabase[];
  /** All that the recipes need, whether the repository has them or not. */
  readonly componentFiles: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

interface Inputs {
  /** Ids of the systems that are deployed. */
  readonly deployed: readonly string[];
  readonly offers: Pick<Offers, 'components' | 'configurator'>;
  readonly infrastructure: Pick<Infrastructure, 'parameters'>;
}

/** A system with the recipe that applies to it and the components that the recipe names. */
interface Draft {
  readonly systemId: string;
  readonly recipe: Recipe;
  readonly componentFiles: readonly string[];
  readonly components: readonly Component[];
  /** Names of the databases that the recipe makes. */
  readonly databases: readonly string[];
  readonly span: Span;
}

/** What each system's `configure` needs from the repository and from the other systems (paper 4.4, Table 3). */
export function resolveConfigurations(document: RadlDocument, inputs: Inputs): ResolvedConfigurations {
  const diagnostics: Diagnostic[] = [];
  const report = (problem: ResolutionProblem, span: Span, message: string, hint?: string) => {
    diagnostics.push(resolutionError(problem, span, { message, ...(hint === undefined ? {} : { hint }) }));
  };
  const drafts = [...new Set(inputs.deployed)].flatMap((systemId) => {
    const configures = configureOf(document, systemId).map((applied) => applied.configure);
    return configures.length > 0 ? [draftOf(systemId, configures, { offers: inputs.offers, report })] : [];
  });
  const databases = databasesOf(drafts, report);
  checkParameters(drafts, inputs.infrastructure.parameters, report);
  const bySystem = new Map(
    drafts.map((draft) => [draft.systemId, configurationOf(draft, inputs.infrastructure.parameters)]),
  );
  const componentFiles = [...new Set(drafts.flatMap((draft) => draft.componentFiles))];
  return { bySystem, databases, componentFiles, diagnostics };
}

type Report = (problem: ResolutionProblem, span: Span, message: string, hint?: string) => void;

function draftOf(
  systemId: string,
  configures: readonly RadlConfigure[],
  { offers, report }: { readonly offers: Inputs['offers']; readonly report: Report },
): Draft {
  const recipe = recipeOf(configures);
  const span = configures[0]?.span ?? { start: 0, end: 0, line: 1, column: 1 };
  const { problems, componentFiles, databases } = offers.configurator.inspect(recipe);
  for (const problem of problems) report('unsupportedRecipe', span, `Configure of ${systemId}: ${problem}`);
  const components = componentFiles.flatMap((fileName) => {
    const component = offers.components.findLast((each) => each.fileName === fileName);
    if (component) return [component];
    const known = offers.components.map((each) => each.fileName).join(', ') || 'none';
    report(
      'unknownComponent',
      span,
      `Configure of ${systemId}: no component '${fileName}' is in the repository.`,
      `There are: ${known}.`,
    );
    return [];
  });
  return { systemId, recipe, componentFiles, components, databases, span };
}

/** Resource lines of several configures are one recipe; a text recipe stands alone. */
function recipeOf(configures: readonly RadlConfigure[]): Recipe {
  const texts = configures.flatMap(({ body }) => (body.kind === 'recipe' ? [body.text] : []));
  if (texts.length > 0) return { kind: 'text', text: texts.join('\n') };
  const lines = configures.flatMap(({ body }) => (body.kind === 'resource-lines' ? body.lines : []));
  return {
    kind: 'resource-lines',
    lines: lines.map(({ type, title, attributes }) => ({ type, title, attributes })),
  };
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
  { recipe, components }: Draft,
  given: Readonly<Record<string, unknown>>,
): DesiredConfiguration {
  const manifests = components.flatMap((component) => component.manifest ?? []);
  const used = manifests
    .flatMap((manifest) => manifest.parameters)
    .map(({ name }) => [name, given[name] ?? null]);
  const configuration = {
    configurator: 'puppet' as const,
    recipe,
    components: components.map(({ fileName, version, digest }) => ({ fileName, version, digest })),
    secrets: manifests.flatMap((manifest) => manifest.secrets),
    endpoints: manifests.map(({ name, protocol, port, readyPath }) => ({
      service: name,
      protocol,
      port,
      readyPath,
    })),
  };
  return { ...configuration, digest: sha256OfJson([configuration, used]) };
}
