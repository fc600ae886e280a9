import type { Component } from '@trencadis/component-repository';
import type { Configurator, Recipe, RecipeInspection } from '@trencadis/contextualization';
import { sha256OfJson } from '@trencadis/ids';
import {
  type AppliedConfigure,
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
  readonly infrastructure: Pick<Infrastructure, 'parameters'>;
}

/** What one configurator applies to a system in one step, and the components that it names. */
interface Draft {
  readonly systemId: string;
  readonly step: number;
  readonly configurator: Configurator['name'];
  readonly recipe: Recipe;
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
  const drafts = [...new Set(inputs.deployed)].flatMap((systemId) => {
    const groups = Map.groupBy(configureOf(document, systemId), (applied) =>
      JSON.stringify([applied.step, configuratorOf(applied)]),
    );
    return [...groups.values()].flatMap((group) =>
      draftOf(systemId, group, { offers: inputs.offers, report }),
    );
  });
  const databases = databasesOf(drafts, report);
  const { parameters } = inputs.infrastructure;
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

/** `with TOOL` says it; resource lines are Puppet's; a text is Ansible's when it is YAML, as IM's are, else Puppet's. */
function configuratorOf({ tool, configure: { body } }: AppliedConfigure): string {
  if (tool !== undefined) return tool.replaceAll('_', '-').toLowerCase();
  return body.kind === 'recipe' && isYaml(body.text) ? 'ansible' : 'puppet';
}

function isYaml(text: string): boolean {
  const [first = ''] = text.split('\n').filter((line) => /^\s*[^\s#]/.test(line));
  return /^(---|- |\w+:(\s|$)|\$ANSIBLE_VAULT)/.test(first.trimStart());
}

function draftOf(
  systemId: string,
  group: readonly AppliedConfigure[],
  { offers, report }: { readonly offers: Inputs['offers']; readonly report: Report },
): Draft[] {
  const [first] = group;
  if (first === undefined) return [];
  const { span } = first.configure;
  const name = configuratorOf(first);
  const configurator = [...offers.configurators.values()].find((each) => each.name === name);
  if (configurator === undefined) {
    const known = [...offers.configurators.keys()].join(', ');
    report(
      'unsupportedRecipe',
      span,
      `Configure of ${systemId}: there is no configurator '${name}' here.`,
      `There are: ${known}.`,
    );
    return [];
  }
  const recipe = recipeOf(group.map(({ configure }) => configure));
  const inspection = configurator.inspect(recipe);
  for (const problem of inspection.problems)
    report('unsupportedRecipe', span, `Configure of ${systemId}: ${problem}`);
  const components = componentsOf(inspection, { offers, systemId, span, report });
  const { componentFiles, databases, usesPeers } = inspection;
  const { step } = first;
  return [
    {
      systemId,
      step,
      configurator: configurator.name,
      recipe,
      usesPeers,
      componentFiles,
      components,
      databases,
      span,
    },
  ];
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
  { step, configurator, recipe, usesPeers, components }: Draft,
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
