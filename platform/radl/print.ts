import type {
  Feature,
  RadlConfigure,
  RadlContextualize,
  RadlDeploy,
  RadlDocument,
  RadlResourceLine,
} from './model.ts';
import { printFeature, printNumber, printValue, quoted } from './print-value.ts';

/** The canonical text of a document: read again in dialect `trencadis` it is the same document. */
export function printRadl(document: RadlDocument): string {
  const { description, networks, ansibles, systems, configures, contextualize, deploys } = document;
  const serviceIds = new Set(document.services.map(({ id }) => id));
  const sections = [
    ...(description === undefined
      ? []
      : [`description ${description.id} ${printFeatures(description.features)}`]),
    ...document.inputs.map((input) => `input ${input.id} ${printFeatures(input.features)}`),
    ...networks.map((network) => printSection('network', network)),
    ...ansibles.map((ansible) => `ansible ${ansible.id} ${printFeatures(ansible.features)}`),
    ...systems.map((system) => printSection('system', system)),
    ...document.services.map((service) => `service ${service.id} ${printFeatures(service.features)}`),
    ...configures.map(printConfigure),
    ...(contextualize === undefined ? [] : [printContextualize(contextualize)]),
    ...(deploys.length === 0 ? [] : [deploys.map((deploy) => printDeploy(deploy, serviceIds)).join('\n')]),
    ...document.outputs.map((output) => `output ${output.id} ${printFeatures(output.features)}`),
  ];
  return sections.length === 0 ? '' : `${sections.join('\n\n')}\n`;
}

function printSection(
  word: string,
  section: { readonly id: string; readonly isReference: boolean; readonly features: readonly Feature[] },
): string {
  return section.isReference
    ? `${word} ${section.id}`
    : `${word} ${section.id} ${printFeatures(section.features)}`;
}

function printFeatures(features: readonly Feature[]): string {
  if (features.length === 0) return '()';
  return `(\n  ${features.map(printFeature).join(' and\n  ')}\n)`;
}

function printConfigure({ id, isReference, body }: RadlConfigure): string {
  if (isReference) return `configure ${id}`;
  if (body.kind === 'none') return `configure ${id} ()`;
  if (body.kind === 'recipe') return `configure ${id} (\n@begin\n${body.text}\n@end\n)`;
  return `configure ${id} (\n${body.lines.map((line) => `  ${printResourceLine(line)}\n`).join('')})`;
}

function printResourceLine({ type, title, attributes }: RadlResourceLine): string {
  const pairs = Object.entries(attributes).map(([name, value]) => `${name} => ${quoted(value)}`);
  return `${type} {${quoted(title)}:${pairs.length === 0 ? '' : ` ${pairs.join(', ')}`}}`;
}

function printContextualize({ maxTimeSeconds, options, items }: RadlContextualize): string {
  const time = maxTimeSeconds === undefined ? '' : `${printNumber(maxTimeSeconds)} `;
  const lines = [
    ...options.map(({ name, value }) => `  option ${name} = ${printValue(value)}\n`),
    ...items.map(({ systemId, configureId, step, tool }) => {
      const at = step === undefined ? '' : ` step ${printNumber(step)}`;
      return `  system ${systemId} configure ${configureId}${at}${tool === undefined ? '' : ` with ${tool}`}\n`;
    }),
  ];
  return lines.length === 0 ? `contextualize ${time}()` : `contextualize ${time}(\n${lines.join('')})`;
}

function printDeploy({ systemId, count, cloudId }: RadlDeploy, serviceIds: ReadonlySet<string>): string {
  const machines = count === 1 && serviceIds.has(systemId) ? '' : ` ${printNumber(count)}`;
  return `deploy ${systemId}${machines}${cloudId === undefined ? '' : ` ${cloudId}`}`;
}
