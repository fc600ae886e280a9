import { readFile } from 'node:fs/promises';
import type { MachinePlaces } from './layout.ts';
import { isMissing } from './records.ts';

/** The console's text is cut into pieces of this size, of which the last whole one and the growing one are kept. */
export const consolePieceBytes = 2 ** 20;
const consoleTailBytes = 64 * 1024;

/** The last 64 KiB that the machine has shown; '' before its first boot. */
export async function readConsole(places: Pick<MachinePlaces, 'console'>): Promise<string> {
  const pieces = await Promise.all([`${places.console}.old`, places.console].map(readPiece));
  const tail = Buffer.concat(pieces).subarray(-consoleTailBytes);
  // A character that the cut went through is left out.
  const start = tail.findIndex((byte) => (byte & 0xc0) !== 0x80);
  return tail.subarray(Math.max(start, 0)).toString('utf8');
}

export async function lastConsoleLines(places: Pick<MachinePlaces, 'console'>): Promise<readonly string[]> {
  const text = (await readConsole(places)).trim();
  return text === '' ? [] : text.split('\n').slice(-20);
}

async function readPiece(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (isMissing(error)) return Buffer.alloc(0);
    throw error;
  }
}
