/** The instant `ms` milliseconds after that one. */
export function later(from: Date, ms: number): Date {
  return new Date(from.getTime() + ms);
}
