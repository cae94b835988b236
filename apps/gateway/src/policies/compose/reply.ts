import { headerName } from '@parley/contracts/policies/mapping';
import { isFormat } from '../../mapping/media.ts';
import type { WholeAnswer } from '../../serving/held-answer.ts';
import { headerText } from '../transform/headers.ts';

const BODILESS = new Set([204, 205, 304]);

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readHeaders(given: unknown): Record<string, string> | null {
  if (given === undefined) return {};
  if (!isObject(given)) return null;
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const checked = headerName.safeParse(name);
    if (!checked.success || (typeof value !== 'string' && typeof value !== 'number')) return null;
    headers[checked.data] = headerText(String(value));
  }
  return headers;
}

function bodyOf(body: unknown, type: string): string {
  return typeof body === 'string' && !isFormat(type, 'json') ? body : JSON.stringify(body);
}

/**
 * The reply that the answer expression of a composition has made: `{ status, headers, body }`, of which only the body
 * must be there. A text under another type than JSON is sent as it is. What is wrong with it, as a text, when it is none.
 */
export function readReply(bytes: Uint8Array, partial: readonly string[]): WholeAnswer | string {
  try {
    const made: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'));
    if (!isObject(made) || !Object.hasOwn(made, 'body')) return 'the expression has to yield an object with a body';
    const { status = 200 } = made;
    if (typeof status !== 'number' || !Number.isInteger(status) || status < 200 || status > 599) {
      return 'its status has to be a whole number from 200 to 599';
    }
    const own = readHeaders(made['headers']);
    if (own === null) return 'its headers have to be names with texts, and none of the gateway’s own';
    const headers: Record<string, string> = { 'content-type': 'application/json', ...own };
    if (partial.length > 0)
      Object.assign(headers, { 'x-parley-partial': partial.join(', '), 'cache-control': 'no-store' });
    if (BODILESS.has(status)) delete headers['content-type'];
    const body = BODILESS.has(status) ? '' : bodyOf(made['body'], headers['content-type'] ?? '');
    return { status, headers, body: Buffer.from(body) };
  } catch {
    return 'what the expression yields is nested too deeply';
  }
}
