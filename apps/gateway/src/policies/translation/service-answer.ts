import type { IncomingHttpHeaders } from 'node:http';
import { type Refusal, refusal } from '../../refusals.ts';
import type { WholeAnswer } from '../../serving/held-answer.ts';
import { retryAfter } from '../../stages/provider-failure.ts';

/** Headers of a service's answer that are about the body it had. */
const ABOUT_BODY = new Set([
  'accept-ranges',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-md5',
  'content-type',
  'digest',
  'etag',
  'last-modified',
  'repr-digest',
  'transfer-encoding',
]);

/** A JSON answer made of a service's. `inputHeaders` are those of the call that the answer depends on, as `Vary` lists them. */
export function jsonAnswer(headers: IncomingHttpHeaders, value: unknown, inputHeaders: readonly string[]): WholeAnswer {
  const kept = Object.entries(headers).filter(([name]) => !ABOUT_BODY.has(name));
  const vary = [headers.vary, ...inputHeaders].filter(Boolean).join(', ');
  return {
    status: 200,
    headers: {
      ...Object.fromEntries(kept),
      'content-type': 'application/json',
      ...(vary === '' ? {} : { vary }),
    },
    body: Buffer.from(JSON.stringify(value)),
  };
}

const BY_STATUS: Readonly<Record<number, Parameters<typeof refusal>[0]>> = {
  401: 'upstream_credentials',
  403: 'upstream_credentials',
  407: 'upstream_credentials',
  408: 'upstream_timeout',
  503: 'upstream_unreachable',
  504: 'upstream_timeout',
};

/** The refusal for an answer that is not in the service's own protocol: by its status. */
export function notOfProtocol(status: number, headers: IncomingHttpHeaders): Refusal {
  if (status < 300) return refusal('answer_unreadable');
  if (status === 429) {
    return refusal('upstream_rate_limited', { retryAfterSeconds: retryAfter(headers, Date.now()) });
  }
  return refusal(BY_STATUS[status] ?? 'upstream_invalid');
}

/** Whether a body can be read as it is. */
export function isPlain(headers: IncomingHttpHeaders): boolean {
  const coding = headers['content-encoding'];
  return coding === undefined || coding === '' || coding.toLowerCase() === 'identity';
}
