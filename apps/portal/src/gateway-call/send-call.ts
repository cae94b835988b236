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

/** Sends a call to the gateway through `/api/try`. Throws where the portal cannot be reached, and on abort. */
export async function sendCall(call: GatewayCall, signal: AbortSignal): Promise<GatewayAnswer> {
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
