import type { DiagnosticList } from './diagnostics.ts';
import type { Feature, RadlDocument, Span } from './model.ts';

/**
 * Fig. 3 writes `configure GT4-JAVA-ANT` for `system GT4_JAVA_ANT`: where the declared id differs only in `-` and
 * `_`, the declared one replaces what was written, with a warning. Dialect `paper` only.
 */
export function foldIds(document: RadlDocument, diagnostics: DiagnosticList): RadlDocument {
  const report = (written: string, declared: string, span: Span): void =>
    diagnostics.add({
      code: 'RADL315',
      severity: 'warning',
      span,
      message: `"${written}" stands for "${declared}"`,
      hint: `write ${declared} everywhere`,
    });
  const folder = (sections: readonly { readonly id: string }[]): ((id: string, span: Span) => string) => {
    const declared = new Map(sections.map(({ id }) => [folded(id), id]));
    const exact = new Set(sections.map(({ id }) => id));
    return (id, span) => {
      const match = exact.has(id) ? id : (declared.get(folded(id)) ?? id);
      if (match !== id) report(id, match, span);
      return match;
    };
  };
  const system = folder(document.systems);
  const configures = document.configures.map((each) => ({ ...each, id: system(each.id, each.span) }));
  const configure = folder(configures);
  const network = folder(document.networks);
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

function withConnection(feature: Feature, network: (id: string, span: Span) => string): Feature {
  if (feature.kind !== 'comparison' || feature.value.kind !== 'text') return feature;
  if (!/^net_interface\.\d+\.connection$/.test(feature.key)) return feature;
  return { ...feature, value: { kind: 'text', text: network(feature.value.text, feature.span) } };
}

function folded(id: string): string {
  return id.replaceAll('-', '_');
}
