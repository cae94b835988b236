import { z } from 'zod';

/** The answer of a first call, as its repeats get it. */
export interface KeptAnswer {
  readonly status: number;
  /** Flat names and values, without what the gateway says about each call anew. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** Said of each call by itself (`addOwnHeaders`), or about the connection. */
const PER_CALL = new Set(['x-request-id', 'deprecation', 'sunset', 'connection', 'content-length', 'date']);
const headSchema = z.tuple([z.number().int().min(200).max(599), z.array(z.string())]);

/** Headers of an answer without those that belong to one call only. */
export function lastingHeaders(headers: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i] as string;
    if (PER_CALL.has(name) || name.startsWith('ratelimit') || name.startsWith('x-ratelimit-')) continue;
    out.push(name, headers[i + 1] as string);
  }
  return out;
}

/** Head as JSON, its length in four bytes before it, the body after it. */
export function writeAnswer({ status, headers, body }: KeptAnswer): Buffer {
  const head = Buffer.from(JSON.stringify([status, headers]));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(head.length);
  return Buffer.concat([length, head, body]);
}

/** Reads what `writeAnswer` wrote; throws for anything else. */
export function readAnswer(bytes: Buffer): KeptAnswer {
  const bodyAt = 4 + bytes.readUInt32BE(0);
  const [status, headers] = headSchema.parse(JSON.parse(bytes.toString('utf8', 4, bodyAt)));
  return { status, headers, body: bytes.subarray(bodyAt) };
}
