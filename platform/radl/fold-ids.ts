import type { DiagnosticList } from './diagnostics.ts';
import type { Feature, RadlDocument, Span } from './model.ts';

type Fold = (id: string, span: Span) => string;

/**
 * Fig. 3 writes `configure GT4-JAVA-ANT` for `system GT4_JAVA_ANT`: where the declared id differs only in `-` and
 * `_`, the declared one replaces what was written, with a warning. Dialect `paper` only.
 */
export function foldIds(document: RadlDocument, diagnostics: DiagnosticList): RadlDocument {
  const system = foldTo(document.systems, diagnostics);
  const deployable = foldTo([...document.systems, ...document.services], diagnostics);
  const network = foldTo(document.networks, diagnostics);
  const configures = document.configures.map((each) => ({ ...each, id: system(each.id, each.span) }));
  const configure = foldTo(configures, diagnostics);
  const { contextualize } = document;
  const items = contextualize?.items.map((item) => ({
    ...item,
    systemId: system(item.systemId, item.span),
    configureId: configure(item.configureId, item.span),
  }));
  return {
    ...document,
    systems: document.systems.map((each) => ({
      ...each,
      features: each.features.map((feature) => withId(feature, connectionKey, network)),
    })),
    services: document.services.map((each) => ({
      ...each,
      features: each.features.map((feature) => withId(feature, systemKey, system)),
    })),
    configures,
    deploys: document.deploys.map((each) => ({ ...each, systemId: deployable(each.systemId, each.span) })),
    ...(contextualize === undefined || items === undefined
      ? {}
      : { contextualize: { ...contextualize, items } }),
  };
}

function foldTo(sections: readonly { readonly id: string }[], diagnostics: DiagnosticList): Fold {
  const declared = new Map(sections.map(({ id }) => [folded(id), id]));
  const exact = new Set(sections.map(({ id }) => id));
  return (id, span) => {
    const match = exact.has(id) ? undefined : declared.get(folded(id));
    if (match === undefined) return id;
    const message = `"${id}" stands for "${match}"`;
    diagnostics.add({
      code: 'RADL315',
      severity: 'warning',
      span,
      message,
      hint: `write ${match} everywhere`,
    });
    return match;
  };
}

const connectionKey = /^net_interface\.\d+\.connection$/;
const systemKey = /^system$/;

/** The feature with the id it names folded, if its key is one that names an id. */
function withId(feature: Feature, key: RegExp, fold: Fold): Feature {
  if (feature.kind !== 'comparison' || feature.value.kind !== 'text') return feature;
  if (!key.test(feature.key)) return feature;
  return { ...feature, value: { kind: 'text', text: fold(feature.value.text, feature.span) } };
}

function folded(id: string): string {
  return id.replaceAll('-', '_');
}
