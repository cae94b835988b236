'use client';

import { useRef, useState } from 'react';
import { EventReader } from '@/gateway-call/event-reader.ts';
import { type GatewayCall, sendCall } from '@/gateway-call/send-call.ts';
import { pieceOf } from './event-stream.ts';

const MOST_SHOWN = 200_000;

/** What the reader sees of one try. */
export interface TryResult {
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  /** The gateway's status; `null` before it answered, or when the portal refused. */
  readonly status: number | null;
  readonly headers: Readonly<Record<string, string>>;
  /** The text of a stream, the body otherwise. */
  readonly text: string;
  readonly streamed: boolean;
  /** Milliseconds from pressing Send to the first byte and to the last. */
  readonly firstMs: number | null;
  readonly totalMs: number | null;
}

const START: TryResult = {
  state: 'running',
  status: null,
  headers: {},
  text: '',
  streamed: false,
  firstMs: null,
  totalMs: null,
};

/** Sends calls through `/api/try` one at a time and shows their answers as they come. */
export function useTry() {
  const [result, setResult] = useState<TryResult | null>(null);
  const running = useRef<AbortController | null>(null);

  const send = async (request: GatewayCall): Promise<void> => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    const startedMs = performance.now();
    const since = () => performance.now() - startedMs;
    let seen = START;
    const show = (change: Partial<TryResult>) => {
      seen = { ...seen, ...change };
      if (running.current === controller) setResult(seen);
    };
    show({});
    try {
      const answer = await sendCall(request, controller.signal);
      if (answer.status === null) {
        show({ state: 'failed', text: answer.problem, totalMs: since() });
        return;
      }
      const { status, headers } = answer;
      const streamed = headers['content-type']?.includes('text/event-stream') ?? false;
      show({ status, headers, streamed });
      await readAnswer(answer.body, streamed, (text) => show({ text, firstMs: seen.firstMs ?? since() }));
      show({ state: 'done', totalMs: since(), ...(streamed ? {} : { text: pretty(seen.text) }) });
    } catch {
      show(
        controller.signal.aborted
          ? { state: 'stopped', totalMs: since() }
          : {
              state: 'failed',
              text: seen.text || 'The connection broke off. Check it and try again.',
              totalMs: since(),
            },
      );
    }
  };

  return { result, send, stop: () => running.current?.abort() };
}

async function readAnswer(
  body: ReadableStream<Uint8Array> | null,
  streamed: boolean,
  show: (text: string) => void,
): Promise<void> {
  if (!body) return;
  const events = new EventReader();
  const decoder = new TextDecoder();
  let text = '';
  const reader = body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    const characters = decoder.decode(value, { stream: !done });
    text += streamed ? events.push(characters).map(pieceOf).join('') : characters;
    if (text.length > MOST_SHOWN) {
      show(`${text.slice(0, MOST_SHOWN)}\n… the rest is not shown here.`);
      await reader.cancel();
      return;
    }
    show(text);
    if (done) return;
  }
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
