import { mayBeUnknownYet } from './new-keys.ts';

const ASK_AGAIN_MS = 250;

/** A call to the gateway, as the reader's own program would send it. */
export interface GatewayCall {
  /** Full address. */
  readonly url: string;
  readonly method: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The gateway's answer, its body still to be read; or why the portal did not send the call. */
export type GatewayAnswer =
  | {
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: ReadableStream<Uint8Array> | null;
    }
  | { readonly status: null; readonly problem: string };

/**
 * Sends a call to the gateway through `/api/try`; again where it does not know a key yet that was just made. Throws where the
 * portal cannot be reached, and on abort.
 */
export async function sendCall(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer> {
  for (;;) {
    const answer = await sendOnce(call, signal);
    if (answer.status !== 401 || !mayBeUnknownYet(call.key)) return answer;
    await answer.body?.cancel();
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}

async function sendOnce(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer> {
  const response = await fetch('/api/try', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(call),
    signal,
  });
  const status = Number(response.headers.get('x-try-status') ?? 0) || null;
  if (status === null) {
    const problem = (await response.json().catch(() => ({}))) as { title?: string };
    return { status, problem: problem.title ?? 'The portal could not send this call.' };
  }
  return { status, headers: readHeaders(response.headers.get('x-try-headers')), body: response.body };
}

function readHeaders(encoded: string | null): Record<string, string> {
  return encoded ? (JSON.parse(decodeURIComponent(encoded)) as Record<string, string>) : {};
}
