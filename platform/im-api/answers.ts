import { type JsonValue, type RadlDocument, printRadl, printRadlJson } from '@trencadis/radl';
import { type MediaType, mediaTypes } from './negotiate.ts';

/** What a route answers, in each media type that it can be had in; the first is the default. */
export interface ImAnswer {
  readonly types: readonly [MediaType, ...MediaType[]];
  readonly print: (type: MediaType) => string;
  readonly headers?: Readonly<Record<string, string>>;
}

const { text, json, uris: uriList } = mediaTypes;

export const nothing: ImAnswer = { types: [text, json], print: (type) => (type === json ? '""' : '') };

export function uriAnswer(uri: string, headers: Readonly<Record<string, string>> = {}): ImAnswer {
  const print = (type: MediaType) => (type === json ? JSON.stringify({ uri }) : uri);
  return { types: [uriList, text, json], print, headers };
}

export function uriListAnswer(uris: readonly string[]): ImAnswer {
  const print = (type: MediaType) =>
    type === json ? JSON.stringify({ 'uri-list': uris.map((uri) => ({ uri })) }) : uris.join('\n');
  return { types: [uriList, text, json], print };
}

/** A named value: as it is in plain text, as `{ name: value }` in JSON. */
export function valueAnswer(name: string, value: string | number): ImAnswer {
  const print = (type: MediaType) => (type === json ? JSON.stringify({ [name]: value }) : String(value));
  return { types: [text, json], print };
}

/** Of plain JSON. */
export function jsonAnswer(value: object): ImAnswer {
  return { types: [json], print: () => JSON.stringify(value) };
}

/** Plain RADL, or `{"radl": [...]}`. */
export function radlAnswer(document: RadlDocument): ImAnswer {
  const print = (type: MediaType) =>
    type === json
      ? JSON.stringify({ radl: printRadlJson(document, { dialect: 'im' }) })
      : printRadl(document);
  return { types: [text, json], print };
}

export function csvOrJsonAnswer(value: JsonValue, csv: string): ImAnswer {
  return {
    types: [json, mediaTypes.csv],
    print: (type) => (type === json ? JSON.stringify(value) : csv),
  };
}
