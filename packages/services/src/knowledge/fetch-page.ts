import type { Format } from '@parley/retrieval/chunk/chunk';
import { ForbiddenAddressError, readBody, sendOutbound } from '../outbound/send.ts';

const DEADLINE_MS = 20_000;
export const MAX_CHARACTERS = 2_000_000;
const MAX_BYTES = 4_000_000;

const FORMATS: Readonly<Record<string, Format>> = {
  'text/plain': 'text',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/csv': 'csv',
};

/** Why a page is not read, in words for the tenant. */
export interface NotFetched {
  readonly problem: string;
}

/** Fetches a page by the connector that reaches no private address and follows no redirect. Never throws for what is fetched. */
export async function fetchPage(
  url: string,
  allowedPrivate: readonly string[],
): Promise<{ content: string; format: Format } | NotFetched> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    const accept = 'text/markdown, text/html, text/plain, text/csv';
    const headers = { accept, 'user-agent': 'parley-knowledge' };
    const reply = await sendOutbound({ url, method: 'GET', headers, allowedPrivate, signal });
    const { statusCode = 0, headers: told } = reply;
    const type = (told['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
    const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
    const problem = problemOf(statusCode, type, format, told.location);
    if (problem !== null || format === undefined) {
      reply.destroy();
      return { problem: problem ?? '' };
    }
    const content = await readBody(reply, MAX_BYTES);
    if (content === null || content.length > MAX_CHARACTERS) {
      return { problem: `It is longer than ${MAX_CHARACTERS.toLocaleString('en')} characters.` };
    }
    return { content, format };
  } catch (error) {
    if (error instanceof ForbiddenAddressError) return { problem: 'Its address is private or reserved.' };
    return { problem: signal.aborted ? 'It was not sent within 20 seconds.' : 'It could not be reached.' };
  }
}

function problemOf(
  status: number,
  type: string,
  format: Format | undefined,
  location: string | undefined,
): string | null {
  if (status >= 300 && status < 400) {
    return `It leads elsewhere (${status})${location === undefined ? '' : `, to ${location.slice(0, 300)}`}. Give that address.`;
  }
  if (status !== 200) return `Its server answered ${status}.`;
  if (format !== undefined) return null;
  return `It is of the type ${type.slice(0, 100) || 'unknown'}; HTML, Markdown, text and CSV can be read, PDF and others cannot.`;
}
