import { PlatformError } from '@trencadis/errors';
import { brandId, newUuid } from '@trencadis/ids';
import type { InfrastructureClient, InfrastructureView } from '@trencadis/infrastructure/client';
import type { Planned } from './read-document.ts';

export type ChangeRequest = Parameters<InfrastructureClient['planChange']>[0]['body'];

/** Has a change of what is deployed planned. Problems of the document that it leads to are printed and end in `invalid-argument`. */
export async function requestChange(
  client: InfrastructureClient,
  { id, name }: Pick<InfrastructureView, 'id' | 'name'>,
  body: ChangeRequest,
): Promise<Planned> {
  const params = { infrastructureId: brandId('InfrastructureId', id) };
  const planning = await client.planChange({ params, body }, { idempotencyKey: newUuid() });
  // Their places are in a document that only the server has: the deployed one with the change in it.
  for (const { severity, code, message, hint } of planning.diagnostics)
    process.stderr.write(
      `${severity} ${code}: ${message}${hint === undefined ? '' : `\n  = hint: ${hint}`}\n`,
    );
  if (planning.kind === 'planned') return planning;
  const text = `'${name}' cannot be changed so; its document would have the problems named above.`;
  throw new PlatformError('invalid-argument', text, { subject: name });
}
