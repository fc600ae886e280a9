import { type InfrastructureId, type VmName, parseId } from '@trencadis/ids';
import { z } from 'zod';
import type { GroupKey } from './fleet.ts';
import type { PushedFigures } from './measuring.ts';

/** What a process that serves the API tells the one that leads. It may be lost: nothing depends on it for long. */
export type ControlMessage = { readonly key: GroupKey } & (
  | { readonly kind: 'changed' }
  | { readonly kind: 'metrics'; readonly figures: PushedFigures }
  | { readonly kind: 'heartbeat'; readonly vm: VmName }
);

const infrastructureId = z.string().transform((text, context): InfrastructureId => {
  const id = parseId('InfrastructureId', text);
  if (id === undefined) context.addIssue('not an infrastructure');
  return id ?? z.NEVER;
});
const vm = z.string().transform((text, context): VmName => {
  const name = parseId('VmName', text);
  if (name === undefined) context.addIssue('not a VM');
  return name ?? z.NEVER;
});
const key = z.object({ infrastructureId, serviceId: z.string() });
const schema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('changed'), key }),
  z.object({
    kind: z.literal('metrics'),
    key,
    figures: z.object({ vm: vm.exactOptional(), metrics: z.record(z.string(), z.number()) }),
  }),
  z.object({ kind: z.literal('heartbeat'), key, vm }),
]);

/** `undefined`: it was written by something else. */
export function parseControlMessage(text: string): ControlMessage | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    // Not JSON: whoever may write to the channel may write anything.
    return undefined;
  }
}
