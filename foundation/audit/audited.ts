import { toPlatformError } from '@trencadis/errors';
import type { AuditLog, AuditedAct } from './model.ts';

/** Does it, and writes down how it ended. An act whose entry cannot be written fails, although it was done. */
export async function audited<Answer>(
  log: AuditLog,
  act: AuditedAct,
  run: () => Promise<Answer>,
): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await run();
  } catch (error) {
    await log.write(act, toPlatformError(error).code);
    throw error;
  }
  await log.write(act, 'done');
  return answer;
}
