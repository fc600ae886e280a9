import { type JsonObject, type JsonValue, encodeFeatures } from './json-features.ts';
import type {
  Dialect,
  Feature,
  RadlConfigure,
  RadlContextualize,
  RadlDeploy,
  RadlDocument,
} from './model.ts';

export interface JsonOptions {
  /** `im`: only what IM's JSON has, without `extra` members: repeated bounds and resource lines are lost. Default `trencadis`. */
  readonly dialect?: Dialect;
}

interface Section {
  readonly id: string;
  readonly isReference?: boolean;
  readonly features: readonly Feature[];
}

/**
 * A document as JSON RADL (RADL, section 6): one object for each section. Unlike IM's own, both bounds, ids of
 * descriptions, lists, units and resource lines survive; `parseRadlJson` reads it back.
 */
export function printRadlJson(document: RadlDocument, options: JsonOptions = {}): readonly JsonObject[] {
  const hasExtra = options.dialect !== 'im';
  const { description, networks, ansibles, systems, services, contextualize, deploys } = document;
  const serviceIds = new Set(services.map(({ id }) => id));
  const all = (name: string, sections: readonly Section[]): readonly JsonObject[] =>
    sections.map((section) => printSection(name, section, hasExtra));
  return [
    ...all('description', description === undefined ? [] : [description]),
    ...all('input', document.inputs),
    ...all('network', networks),
    ...all('ansible', ansibles),
    ...all('system', systems),
    ...all('service', services),
    ...document.configures.map((configure) => printConfigure(configure, hasExtra)),
    ...(contextualize === undefined ? [] : [printContextualize(contextualize, hasExtra)]),
    ...deploys.map((deploy) => printDeploy(deploy, serviceIds)),
    ...all('output', document.outputs),
  ];
}

function printSection(name: string, { id, isReference, features }: Section, hasExtra: boolean): JsonObject {
  const head = { class: name, id };
  const reference = isReference === true ? { reference: true } : {};
  return { ...head, ...reference, ...encodeFeatures(features, hasExtra) };
}

function printConfigure({ id, isReference, body }: RadlConfigure, hasExtra: boolean): JsonObject {
  const head = { class: 'configure', id };
  if (isReference) return { ...head, reference: true };
  if (body.kind === 'recipe') return { ...head, recipes: body.text };
  if (body.kind === 'none' || !hasExtra) return head;
  const resources = body.lines.map(({ type, title, attributes }) => ({ type, title, attributes }));
  return { ...head, extra: { resources } };
}

function printContextualize(
  { maxTimeSeconds, options, items, span }: RadlContextualize,
  hasExtra: boolean,
): JsonObject {
  const asFeatures = options.map(({ name, value }) => {
    return { kind: 'comparison', key: name, operator: '=', value, span } as const;
  });
  const list: JsonValue = items.map(({ systemId, configureId, step, tool }) => ({
    system: systemId,
    configure: configureId,
    ...(step === undefined ? {} : { step }),
    ...(tool === undefined ? {} : { ctxt_tool: tool }),
  }));
  return {
    class: 'contextualize',
    ...(maxTimeSeconds === undefined ? {} : { max_time: maxTimeSeconds }),
    items: list,
    ...(options.length === 0 ? {} : { options: encodeFeatures(asFeatures, hasExtra) }),
  };
}

function printDeploy({ systemId, count, cloudId }: RadlDeploy, serviceIds: ReadonlySet<string>): JsonObject {
  return {
    class: 'deploy',
    system: systemId,
    ...(count === 1 && serviceIds.has(systemId) ? {} : { vm_number: count }),
    ...(cloudId === undefined ? {} : { cloud: cloudId }),
  };
}
