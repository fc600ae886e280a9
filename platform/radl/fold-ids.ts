import type { DiagnosticList } from './diagnostics.ts';
import type { Feature, RadlDocument, Span } from './model.ts';

type Fold = (id: string, span: Span) => string;

/**
 * Fig. 3 writes `configure GT4-JAVA-ANT` for `system GT4_JAVA_ANT`: where the declared id differs only in `-` and
 * `_`, the declared one replaces what was written, with a warning. Dialect `paper` only.
 */
export function foldIds(document: RadlDocument, diagnostics: DiagnosticList): RadlDocument {
  const system = foldTo(document.systems, diagnostics);
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
      features: each.features.map((feature) => withConnection(feature, network)),
    })),
    configures,
    deploys: document.deploys.map((each) => ({ ...each, systemId: system(each.systemId, each.span) })),
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

function withConnection(feature: Feature, network: Fold): Feature {
  if (feature.kind !== 'comparison' || feature.value.kind !== 'text') return feature;
  if (!/^net_interface\.\d+\.connection$/.test(feature.key)) return feature;
  return { ...feature, value: { kind: 'text', text: network(feature.value.text, feature.span) } };
}

function folded(id: string): string {
  return id.replaceAll('-', '_');
}
