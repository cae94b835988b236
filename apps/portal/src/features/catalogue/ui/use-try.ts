'use client';

import { useRef, useState } from 'react';
import { EventReader, pieceOf } from './event-stream.ts';

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

export interface TryRequest {
  readonly url: string;
  readonly method: string;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
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

  const send = async (request: TryRequest): Promise<void> => {
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
      const response = await fetch('/api/try', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal: controller.signal,
      });
      const status = Number(response.headers.get('x-try-status') ?? 0) || null;
      if (status === null) {
        const problem = (await response.json().catch(() => ({}))) as { title?: string };
        show({ state: 'failed', text: problem.title ?? 'The portal could not send this call.', totalMs: since() });
        return;
      }
      const headers = readHeaders(response.headers.get('x-try-headers'));
      const streamed = headers['content-type']?.includes('text/event-stream') ?? false;
      show({ status, headers, streamed });
      await readAnswer(response, streamed, (text) => show({ text, firstMs: seen.firstMs ?? since() }));
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

async function readAnswer(response: Response, streamed: boolean, show: (text: string) => void): Promise<void> {
  if (!response.body) return;
  const events = new EventReader();
  const decoder = new TextDecoder();
  let text = '';
  const reader = response.body.getReader();
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

function readHeaders(encoded: string | null): Record<string, string> {
  return encoded ? (JSON.parse(decodeURIComponent(encoded)) as Record<string, string>) : {};
}

function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
