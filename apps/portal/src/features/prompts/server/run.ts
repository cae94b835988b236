import { FAULT_STATUS, Fault } from '@parley/kernel/fault';
import { type RunEvent, runDraft } from '@parley/services/prompts/run-draft';
import { portalEnv } from '../../../server/ground.ts';
import { requestContext } from '../../../trpc/context.ts';
import { isSameOrigin } from '../../../trpc/same-origin.ts';

const MAX_BYTES = 4_000_000;

/**
 * `POST /api/prompt-run`: runs a prompt as it stands in the editor, in the tenant named by `x-parley-tenant`, and streams
 * what the model says as server-sent events, one `RunEvent` each. For those who may write prompts, from our own pages.
 * What is wrong before anything runs is a problem (RFC 9457) with the fields in `errors`.
 */
export async function handlePromptRun(request: Request): Promise<Response> {
  const left = new AbortController();
  request.signal.addEventListener('abort', () => left.abort(), { once: true });
  try {
    if (!isSameOrigin(request.headers, portalEnv().portalUrl)) {
      throw new Fault('forbidden', 'This call did not come from a page of this portal.');
    }
    const context = await requestContext(request).verbs();
    const events = await runDraft(context, await readBody(request), left.signal);
    return new Response(streamOf(events, left), {
      headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
    });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const status = FAULT_STATUS[error.code];
    return Response.json(
      { title: error.message, status, code: error.code, errors: error.issues },
      { status, headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' } },
    );
  }
}

async function readBody(request: Request): Promise<unknown> {
  const text = await request.text();
  if (text.length > MAX_BYTES) throw new Fault('invalid_input', 'This prompt is too large to run from here.');
  try {
    return JSON.parse(text);
  } catch {
    throw new Fault('invalid_input', 'The body is not JSON.');
  }
}

/** Asks for the next event when the browser has taken the last; leaves the provider when the browser leaves. */
function streamOf(events: AsyncGenerator<RunEvent>, left: AbortController): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const next = await events.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${JSON.stringify(next.value)}\n\n`));
    },
    async cancel() {
      left.abort();
      await events.return(undefined);
    },
  });
}
