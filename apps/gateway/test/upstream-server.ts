import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** Set when the caller broke the connection before the answer was complete. */
  aborted: boolean;
}

export type Behaviour = (received: Received, response: ServerResponse) => void | Promise<void>;

export interface UpstreamServer {
  readonly url: string;
  readonly received: Received[];
  /** What the next calls are answered with. */
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A loopback server that keeps what it received and answers as it is told. */
export async function startUpstream(first: Behaviour): Promise<UpstreamServer> {
  let behaviour = first;
  const received: Received[] = [];
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    const entry: Received = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      rawHeaders: request.rawHeaders,
      get body() {
        return Buffer.concat(chunks);
      },
      aborted: false,
    };
    response.on('close', () => {
      if (!response.writableFinished) entry.aborted = true;
    });
    try {
      for await (const chunk of request) chunks.push(chunk as Buffer);
    } catch {
      entry.aborted = true;
      received.push(entry);
      return;
    }
    received.push(entry);
    await behaviour(entry, response);
  }
  const server = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    behave(next) {
      behaviour = next;
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A completion as OpenAI's API gives it. */
export function completion(content = 'Hello!', more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1_700_000_000,
    model: 'real-fast',
    choices: [
      { index: 0, message: { role: 'assistant', content, refusal: null }, logprobs: null, finish_reason: 'stop' },
    ],
    usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 },
    ...more,
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

/** A chunk of a streamed completion. */
export function chunk(delta: Record<string, unknown>, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_700_000_000,
    model: 'real-fast',
    choices: [{ index: 0, delta, finish_reason: null }],
    usage: null,
    ...more,
  };
}

/** The events of a whole streamed answer with these texts, usage chunk and `[DONE]`. */
export function streamEvents(texts: readonly string[]): string[] {
  return [
    chunk({ role: 'assistant', content: '' }),
    ...texts.map((content) => chunk({ content })),
    chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
    chunk({}, { choices: [], usage: { prompt_tokens: 20, completion_tokens: 10, total_tokens: 30 } }),
  ]
    .map((event) => `data: ${JSON.stringify(event)}\n\n`)
    .concat('data: [DONE]\n\n');
}

export function sendStream(response: ServerResponse, pieces: readonly string[]): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const piece of pieces) response.write(piece);
  response.end();
}
