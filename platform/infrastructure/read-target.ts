import { type RadlReading, readRadl } from '@trencadis/radl';
import type { Target } from './model.ts';
import { expandServices } from './services/expand-services.ts';

/** The document of a target with its inputs filled in and its services turned into the VMs that they are. */
export function readTarget({
  radl,
  dialect,
  parameters: inputs,
  replicas,
}: Pick<Target, 'radl' | 'dialect' | 'parameters' | 'replicas'>): RadlReading {
  // Parameters are for the document's inputs and for components: each takes what it knows.
  const reading = readRadl(radl, { dialect, inputs, canHaveOtherValues: true });
  return { ...reading, document: expandServices(reading.document, replicas) };
}
