import { FAULT_STATUS, Fault } from '@parley/kernel/fault';
import { z } from 'zod';
import { portalEnv } from '../../../server/ground.ts';
import { requestContext } from '../../../trpc/context.ts';
import { isSameOrigin } from '../../../trpc/same-origin.ts';

const LONGEST_MS = 120_000;
const MAX_BYTES = 4 * 1_048_576;

const trySchema = z.object({
  /** Full address; must be the gateway's. */
  url: z.url().max(8000),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']),
  key: z.string().min(1, 'Paste a key, or make one here.').max(200),
  headers: z.record(z.string().regex(/^[a-zA-Z0-9-]{1,100}$/), z.string().max(4000)).default({}),
  body: z.string().max(MAX_BYTES).nullable().default(null),
});

/** Headers of a try that are the transport's or the portal's business, never the reader's. */
const WITHHELD = new Set([
  'authorization',
  'host',
  'cookie',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'te',
  'upgrade',
  'origin',
  'referer',
]);
/** What is told of the gateway's answer beside its body. */
const SHOWN = /^(content-type|retry-after|x-request-id|x-parley-.*|x-ratelimit-.*|ratelimit.*|deprecation|sunset)$/;

/**
 * `POST /api/try`: sends a call to the gateway with the key that the reader gives, as their own program would, and
 * streams the answer back. For signed-in people, from our own pages, to the gateway and nowhere else. The gateway's
 * status and headers come in `x-try-status` and `x-try-headers`, so that its answer is never taken for a page of ours.
 */
export async function handleTry(request: Request): Promise<Response> {
  try {
    return await forward(request);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return Response.json(
      { title: error.message, status: FAULT_STATUS[error.code], code: error.code, errors: error.issues },
      {
        status: FAULT_STATUS[error.code],
        headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
      },
    );
  }
}

async function forward(request: Request): Promise<Response> {
  const { portalUrl, gatewayUrl } = portalEnv();
  if (!isSameOrigin(request.headers, portalUrl)) {
    throw new Fault('forbidden', 'This call did not come from a page of this portal.');
  }
  const { userId } = await requestContext(request).verbs();
  if (!userId) throw new Fault('unauthenticated', 'Sign in to try a call from here.');
  const call = await readTry(request, gatewayUrl);
  const headers = new Headers({ authorization: `Bearer ${call.key}` });
  for (const [name, value] of Object.entries(call.headers)) {
    if (!WITHHELD.has(name.toLowerCase())) headers.set(name, value);
  }
  const answer = await send(call, headers, request.signal);
  const shown = Object.fromEntries([...answer.headers].filter(([name]) => SHOWN.test(name)));
  return new Response(answer.body, {
    headers: {
      'content-type': 'application/octet-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-try-status': String(answer.status),
      'x-try-headers': encodeURIComponent(JSON.stringify(shown)),
    },
  });
}

async function readTry(request: Request, gatewayUrl: string): Promise<z.output<typeof trySchema>> {
  if (Number(request.headers.get('content-length') ?? 0) > MAX_BYTES + 65_536) {
    throw new Fault('invalid_input', 'This body is too large to try from here. Send it from a program.');
  }
  const parsed = trySchema.safeParse(await request.json().catch(() => null));
  if (!parsed.success) {
    const issues = parsed.error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
    throw new Fault('invalid_input', issues[0]?.message ?? 'This is not a call.', issues);
  }
  const target = new URL(parsed.data.url);
  if (target.origin !== new URL(gatewayUrl).origin || target.username !== '' || target.password !== '') {
    throw new Fault('forbidden', 'Calls from here go to the gateway only.');
  }
  return parsed.data;
}

async function send(call: z.output<typeof trySchema>, headers: Headers, left: AbortSignal): Promise<Response> {
  try {
    return await fetch(call.url, {
      method: call.method,
      headers,
      body: call.method === 'GET' || call.method === 'HEAD' ? null : call.body,
      redirect: 'manual',
      signal: AbortSignal.any([left, AbortSignal.timeout(LONGEST_MS)]),
    });
  } catch (error) {
    if (left.aborted) throw error;
    throw new Fault('unavailable', 'The gateway could not be reached from the portal. Try again in a moment.');
  }
}
