/** The instant that an ISO 8601 text names; the text has been checked to be one. */
export function parseInstant(text: string): Date {
  return new Date(text);
}
