import type { Dialect, Feature, RadlDocument } from './model.ts';

/** The document with what it can say in the words of another dialect. What that dialect lacks stays as it is. */
export function translateDialect(document: RadlDocument, dialect: Dialect): RadlDocument {
  if (dialect !== 'im') return document;
  const systems = document.systems.map((system) => ({
    ...system,
    features: system.features.map(inWordsOfIm),
  }));
  return { ...document, systems };
}

/** `disk.0.application` of Fig. 3 is IM's `disk.0.applications`. */
function inWordsOfIm(feature: Feature): Feature {
  if (feature.kind === 'soft') return { ...feature, features: feature.features.map(inWordsOfIm) };
  return { ...feature, key: feature.key.replace(/^(disk\.\d+\.application)$/, '$1s') };
}
