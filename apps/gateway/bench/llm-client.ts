import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface StreamTarget {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What a client saw of a stream. */
export interface SeenStream {
  /** From the request to the first text, in ms. */
  readonly firstMs: number;
  /** It ended with the protocol's own mark. */
  readonly complete: boolean;
}

/** Text a model said, in each protocol. */
const FIRST = ' token';
const MARKS = ['data: [DONE]', '"type":"message_stop"'];
const TAIL = 400;

const agent = new Agent({ keepAlive: true, maxSockets: Number.POSITIVE_INFINITY });

/** Reads a stream to its end. `onFirst` hears of the first text. */
export function readStream(target: StreamTarget, onFirst?: () => void): Promise<SeenStream> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    let firstMs = Number.NaN;
    let tail = '';
    const done = (): void => resolve({ firstMs, complete: MARKS.some((mark) => tail.includes(mark)) });
    const call: ClientRequest = request(
      target.url,
      { method: 'POST', agent, headers: { ...target.headers, 'content-length': Buffer.byteLength(target.body) } },
      (answer: IncomingMessage) => {
        answer.on('data', (data: Buffer) => {
          tail = (tail + data.toString()).slice(-TAIL);
          if (!Number.isNaN(firstMs) || !tail.includes(FIRST)) return;
          firstMs = performance.now() - startedAt;
          onFirst?.();
        });
        answer.on('close', done);
      },
    );
    call.on('error', done);
    call.end(target.body);
  });
}

/** Keeps so many streams under way for a time, none in step with another; what was seen of each. */
export async function keepStreaming(target: StreamTarget, streams: number, seconds: number): Promise<SeenStream[]> {
  const seen: SeenStream[] = [];
  const until = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: streams }, async () => {
      while (performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 200));
        seen.push(await readStream(target));
      }
    }),
  );
  return seen;
}

/** Opens streams in batches until each has had its first text; `ended` tells how they ended. */
export async function openStreams(
  target: StreamTarget,
  count: number,
  batch: number,
): Promise<{ ended: Promise<SeenStream[]>; opened: () => number }> {
  const streams: Promise<SeenStream>[] = [];
  let opened = 0;
  while (streams.length < count) {
    const some = Math.min(batch, count - streams.length);
    const firsts = Array.from({ length: some }, () => {
      let first: () => void = () => {};
      const told = new Promise<void>((resolve) => {
        first = resolve;
      });
      const stream = readStream(target, () => {
        opened++;
        first();
      });
      streams.push(stream);
      return Promise.race([told, stream]);
    });
    await Promise.all(firsts);
  }
  return { ended: Promise.all(streams), opened: () => opened };
}
