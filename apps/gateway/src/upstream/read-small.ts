import type { AddressCheck } from './addresses.ts';
import { readText } from './http1/ask.ts';
import { Outbound } from './outbound.ts';

/** A question to a machine that a tenant named: a token issuer's keys, or what it says of a token. */
export interface SmallQuestion {
  readonly url: string;
  /** Sent as `POST` when given, else `GET`. */
  readonly form?: string;
  /** Name and value of the header that says who asks; empty for none. */
  readonly header?: readonly string[];
}

/** Asks and reads the whole answer. Rejects when there is no 200 with a small body in time. */
export type ReadSmall = (question: SmallQuestion) => Promise<string>;

const TIMEOUT_MS = 5000;
const MAX_BYTES = 256 * 1024;

/** Reads small answers through the SSRF-safe connector: no redirects, no proxies, bounded in time and size. */
export function smallReader(check: AddressCheck): { read: ReadSmall; close: () => void } {
  const outbound = new Outbound(check);

  async function read({ url, form, header = [] }: SmallQuestion): Promise<string> {
    const headers = ['accept', 'application/json', ...header];
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const { status, body } = await outbound.ask({ url, headers, signal, ...(form === undefined ? {} : { form }) });
    const text = await readText(body, MAX_BYTES);
    if (status !== 200) throw new Error(`${url} answered ${status}`);
    return text;
  }

  return { read, close: () => outbound.close() };
}
