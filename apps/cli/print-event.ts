import type { EventView } from '@trencadis/infrastructure/client';
import { plainText } from './draw-board.ts';

/** One line: when, which step, what. */
export function printEvent({ at, stepId, kind, text }: EventView): string {
  return `${at} ${stepId} ${kind === 'progress' ? '' : `[${kind}] `}${plainText(text ?? '')}\n`;
}
