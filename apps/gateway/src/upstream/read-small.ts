import { Agent, request } from 'undici';
import type { AddressCheck } from './addresses.ts';
import { safeConnector } from './safe-connect.ts';

/** A question to a machine that a tenant named: a token issuer's keys, or what it says of a token. */
export interface Question {
  readonly url: string;
  /** Sent as `POST` when given, else `GET`. */
  readonly form?: string;
  /** Name and value of the header that says who asks; empty for none. */
  readonly header?: readonly string[];
}

/** Asks and reads the whole answer. Rejects when there is no 200 with a small body in time. */
export type ReadSmall = (question: Question) => Promise<string>;

const TIMEOUT_MS = 5000;
const MAX_BYTES = 256 * 1024;

/** Reads small answers through the SSRF-safe connector: no redirects, no proxies, bounded in time and size. */
export function smallReader(check: AddressCheck): { read: ReadSmall; close: () => Promise<void> } {
  const agent = new Agent({
    connect: safeConnector({ check, timeoutMs: TIMEOUT_MS }),
    allowH2: false,
    connections: 8,
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: TIMEOUT_MS,
    keepAliveTimeout: 4000,
  });

  async function read(question: Question): Promise<string> {
    const { url, form, header: [name, value] = [] } = question;
    const headers: Record<string, string> = { accept: 'application/json' };
    if (form !== undefined) headers['content-type'] = 'application/x-www-form-urlencoded';
    if (name !== undefined && value !== undefined) headers[name] = value;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const method = form === undefined ? 'GET' : 'POST';
    const answer = await request(url, { dispatcher: agent, method, headers, signal, body: form ?? null });
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      size += chunk.length;
      // Leaving the loop destroys the body and with it the connection.
      if (size > MAX_BYTES) throw new Error(`${url} answered with more than ${MAX_BYTES} bytes`);
      chunks.push(chunk);
    }
    if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
    return Buffer.concat(chunks).toString();
  }

  return { read, close: () => agent.destroy() };
}
