import { z } from 'zod';

/** The `response` of a route that answers bytes, for its description. */
export const byteStream = z.unknown().meta({ type: 'string', format: 'binary' });

/** Bytes `start` to `end`, both included, from 0; to the last one without `end`. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** Bytes that a handler offers; they are opened when it is known which are sent, and may still be refused then. */
export interface Download {
  readonly sizeBytes: number;
  /** Changes whenever the bytes do: their digest. */
  readonly etag: string;
  open(range: Required<ByteRange>): AsyncIterable<Uint8Array> | Promise<AsyncIterable<Uint8Array>>;
}

/** Bytes that a client receives. */
export interface DownloadedBytes {
  /** Of what is received now: of the range, if one was asked for. */
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}
