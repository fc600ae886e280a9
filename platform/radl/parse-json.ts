import { checkRadl } from './check.ts';
import { DiagnosticList, inTextOrder } from './diagnostics.ts';
import { DocumentBuilder, type FeatureSection } from './document-builder.ts';
import { foldIds } from './fold-ids.ts';
import { JsonFeatureReader } from './json-feature-reader.ts';
import { JsonReader, type JsonSection, type Members } from './json-reader.ts';
import { type JsonNode, readJson } from './json-text.ts';
import type { RadlConfigure, RadlContextualize, RadlResourceLine } from './model.ts';
import type { RadlOptions, RadlReading } from './parse.ts';

/** Whether a text is JSON RADL; no RADL starts like that. */
export function isRadlJson(text: string): boolean {
  return /^\s*\[\s*(?:\{|\]\s*$)/.test(text);
}

/** JSON RADL to document and every problem of it, checked as `readRadl` does. Never throws. */
export function readRadlJson(json: unknown, options: RadlOptions = {}): RadlReading {
  const { document, diagnostics } = parseRadlJson(json, options);
  return { document, diagnostics: inTextOrder([...diagnostics, ...checkRadl(document, options)]) };
}

/**
 * JSON RADL, as text or as value, to document, without checking what it means. Never throws. Places are those of
 * the text; of a value, those of `JSON.stringify(value, undefined, 2)`.
 */
export function parseRadlJson(json: unknown, { dialect = 'trencadis' }: RadlOptions = {}): RadlReading {
  const found = new DiagnosticList();
  const reading = readJson(typeof json === 'string' ? json : textOfValue(json));
  const sections = new JsonSections(new JsonReader(found));
  if (reading.kind === 'broken') found.add(reading.problem);
  else sections.read(reading.node);
  const document = sections.builder.build();
  return {
    document: dialect === 'paper' ? foldIds(document, found) : document,
    diagnostics: found.inOrder(),
  };
}

/** What has no JSON text is read as `null`, which is no document. */
function textOfValue(value: unknown): string {
  try {
    return JSON.stringify(value, undefined, 2) ?? 'null';
  } catch {
    return 'null';
  }
}

const listsOfFeatures = {
  description: 'descriptions',
  network: 'networks',
  ansible: 'ansibles',
  system: 'systems',
  service: 'services',
  input: 'inputs',
  output: 'outputs',
} as const;
const added: ReadonlySet<string> = new Set(['service', 'input', 'output']);
const classes = [...Object.keys(listsOfFeatures), 'configure', 'contextualize', 'deploy'];

class JsonSections {
  readonly builder = new DocumentBuilder();
  readonly #reader: JsonReader;

  constructor(reader: JsonReader) {
    this.#reader = reader;
  }

  read(node: JsonNode): void {
    const sections = this.#reader.list(node, 'JSON RADL').flatMap((item) => {
      const object = this.#reader.object(item, 'each section');
      return object === undefined ? [] : [{ object, members: this.#reader.membersOf(object) }];
    });
    const isDeploy = ({ members }: { readonly members: Members }): boolean => {
      const name = members.get('class')?.value;
      return name?.kind === 'text' && name.text === 'deploy';
    };
    for (const { object, members } of sections.filter((each) => !isDeploy(each)))
      this.#section(object, members);
    // Whether a deploy needs a number depends on what it deploys.
    const serviceIds = new Set(this.builder.services.map(({ id }) => id));
    for (const { object, members } of sections.filter(isDeploy)) this.#deploy(object, members, serviceIds);
  }

  #section(object: JsonSection, members: Members): void {
    const name = this.#reader.text(members.get('class')?.value, 'class');
    if (name === 'configure') this.#configure(object, members);
    else if (name === 'contextualize') this.#contextualize(object, members);
    else if (name !== undefined && Object.hasOwn(listsOfFeatures, name)) {
      this.#features(name as keyof typeof listsOfFeatures, object, members);
    } else {
      const message = name === undefined ? 'a section needs a class' : `"${name}" is no class of RADL`;
      const hint = name === undefined ? undefined : this.#reader.nearest(name, classes);
      this.#reader.refuse(members.get('class')?.span ?? object.span, message, hint);
    }
  }

  #id(object: JsonSection, members: Members): string | undefined {
    if (members.has('id')) return this.#reader.name(members.get('id')?.value, 'id');
    return this.#reader.refuse(object.span, 'a section needs an id');
  }

  #features(name: keyof typeof listsOfFeatures, object: JsonSection, members: Members): void {
    const id = this.#id(object, members);
    const isReference = this.#reader.isTrue(members.get('reference')?.value, 'reference');
    const features = new JsonFeatureReader(this.#reader, added.has(name)).features(object);
    if (id === undefined) return;
    if (isReference && features.length > 0) {
      this.#reader.refuse(object.span, `${name} ${id} is a reference and has features`);
    }
    const section: FeatureSection = { id, isReference, features, span: object.span };
    if (name === 'description' && this.builder.descriptions.length > 0) {
      const message = 'a document has one description';
      this.#reader.report({ code: 'RADL207', span: object.span, message });
    }
    this.builder[listsOfFeatures[name]].push(section);
  }

  #configure(object: JsonSection, members: Members): void {
    const id = this.#id(object, members);
    const isReference = this.#reader.isTrue(members.get('reference')?.value, 'reference');
    const body = this.#body(members);
    if (id !== undefined) this.builder.configures.push({ id, isReference, body, span: object.span });
  }

  #body(members: Members): RadlConfigure['body'] {
    const recipe = members.get('recipes')?.value;
    if (recipe !== undefined) return this.#recipe(recipe);
    const extra = members.get('extra')?.value;
    const object = extra === undefined ? undefined : this.#reader.object(extra, 'extra');
    const resources = object && this.#reader.membersOf(object).get('resources')?.value;
    const lines = this.#reader.list(resources, 'resources').flatMap((node) => this.#resource(node) ?? []);
    return lines.length === 0 ? { kind: 'none' } : { kind: 'resource-lines', lines };
  }

  #recipe(node: JsonNode): RadlConfigure['body'] {
    if (node.kind !== 'text') {
      this.#reader.refuse(node.span, 'recipes is a text');
      return { kind: 'none' };
    }
    if (/^(?:@end|[ \t]*@begin)/m.test(node.text)) {
      const message = 'RADL has no way to write a recipe with a line that starts with @begin or @end';
      this.#reader.report({ code: 'RADL106', severity: 'warning', span: node.span, message });
    }
    return { kind: 'recipe', text: node.text };
  }

  #resource(node: JsonNode): RadlResourceLine | undefined {
    const object = this.#reader.object(node, 'each resource');
    if (object === undefined) return undefined;
    const members = this.#reader.membersOf(object);
    const type = this.#reader.name(members.get('type')?.value, 'type');
    const title = this.#reader.text(members.get('title')?.value, 'title');
    const given = members.get('attributes')?.value;
    const attributes = given === undefined ? undefined : this.#reader.object(given, 'attributes');
    if (type === undefined || title === undefined) {
      return this.#reader.refuse(node.span, 'a resource needs a type and a title');
    }
    const pairs = (attributes?.members ?? []).flatMap(({ key, value, span }) => {
      const text = this.#reader.text(value, `attribute ${key}`);
      return text !== undefined && this.#reader.isName(key, span) ? [[key, text] as const] : [];
    });
    return { type, title, attributes: Object.fromEntries(pairs), span: node.span };
  }

  #contextualize(object: JsonSection, members: Members): void {
    const maxTimeSeconds = this.#reader.number(members.get('max_time')?.value, 'max_time');
    const items = this.#reader
      .list(members.get('items')?.value, 'items')
      .flatMap((node) => this.#item(node) ?? []);
    this.builder.contextualizes.push({
      ...(maxTimeSeconds === undefined ? {} : { maxTimeSeconds }),
      options: this.#options(members.get('options')?.value),
      items,
      span: object.span,
    });
  }

  #options(node: JsonNode | undefined): RadlContextualize['options'] {
    const object = node === undefined ? undefined : this.#reader.object(node, 'options');
    if (object === undefined) return [];
    return new JsonFeatureReader(this.#reader).features(object).flatMap((feature) => {
      if (feature.kind === 'comparison' && feature.operator === '=') {
        return [{ name: feature.key, value: feature.value }];
      }
      this.#reader.refuse(feature.span, 'an option has one value');
      return [];
    });
  }

  #item(node: JsonNode): RadlContextualize['items'][number] | undefined {
    const object = this.#reader.object(node, 'each item');
    if (object === undefined) return undefined;
    const members = this.#reader.membersOf(object);
    const systemId = this.#reader.name(members.get('system')?.value, 'system');
    const configureId = this.#reader.name(members.get('configure')?.value, 'configure');
    const step = this.#reader.number(members.get('step')?.value, 'step');
    const tool = this.#reader.name(members.get('ctxt_tool')?.value, 'ctxt_tool');
    if (systemId === undefined || configureId === undefined) {
      return this.#reader.refuse(node.span, 'an item needs a system and a configure');
    }
    const order = { ...(step === undefined ? {} : { step }), ...(tool === undefined ? {} : { tool }) };
    return { systemId, configureId, ...order, span: node.span };
  }

  #deploy(object: JsonSection, members: Members, serviceIds: ReadonlySet<string>): void {
    const systemId = this.#reader.name(members.get('system')?.value, 'system');
    const given = this.#reader.number(members.get('vm_number')?.value, 'vm_number');
    const cloudId = this.#reader.name(members.get('cloud')?.value, 'cloud');
    const isService = systemId !== undefined && serviceIds.has(systemId) && !members.has('vm_number');
    const count = isService ? 1 : given;
    if (systemId === undefined || count === undefined) {
      this.#reader.refuse(object.span, 'a deploy needs a system and a vm_number');
      return;
    }
    const cloud = cloudId === undefined ? {} : { cloudId };
    this.builder.deploys.push({ systemId, count, ...cloud, span: object.span });
  }
}
