'use client';

import { useEffect, useRef, useState } from 'react';
import { EventReader } from '@/gateway-call/event-reader.ts';
import { sendCall } from '@/gateway-call/send-call.ts';
import { type Answer, after, NO_ANSWER, refusalIn } from './answer.ts';

/** One model's answer to the conversation, as far as it has come. */
export interface Run extends Answer {
  readonly state: 'running' | 'done' | 'failed' | 'stopped';
  readonly model: string;
  /** Milliseconds from sending to the first words, and to the end. */
  readonly firstMs: number | null;
  readonly totalMs: number | null;
  readonly requestId: string | null;
  readonly status: number | null;
  /** The model that really answered, and what was left out of the request, as the gateway says. */
  readonly answeredBy: string | null;
  readonly dropped: string | null;
}

export interface RunAsked {
  readonly url: string;
  readonly key: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly models: readonly string[];
}

/** Asks several models the same and follows their answers. Leaving the page ends them. */
export function useRuns() {
  const [runs, setRuns] = useState<readonly Run[]>([]);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const start = async ({ models, ...asked }: RunAsked): Promise<void> => {
    current.current?.abort();
    const own = new AbortController();
    current.current = own;
    setRuns(models.map(begun));
    await Promise.all(
      models.map((model, at) =>
        follow({ ...asked, model }, own.signal, (run) => {
          if (current.current === own) setRuns((before) => before.with(at, run));
        }),
      ),
    );
  };
  const clear = (): void => {
    current.current?.abort();
    setRuns([]);
  };
  return { runs, start, stop: () => current.current?.abort(), clear };
}

const begun = (model: string): Run => ({
  ...NO_ANSWER,
  state: 'running',
  model,
  firstMs: null,
  totalMs: null,
  requestId: null,
  status: null,
  answeredBy: null,
  dropped: null,
});

type Asked = Omit<RunAsked, 'models'> & { readonly model: string };

async function follow(asked: Asked, signal: AbortSignal, show: (run: Run) => void): Promise<void> {
  const startedMs = performance.now();
  const since = (): number => performance.now() - startedMs;
  let run = begun(asked.model);
  const set = (change: Partial<Run>): void => {
    run = { ...run, ...change };
    show(run);
  };
  const body = { ...asked.request, model: asked.model, stream_options: { include_usage: true } };
  try {
    const call = {
      url: asked.url,
      method: 'POST',
      key: asked.key,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    };
    const answer = await sendCall(call, signal);
    if (answer.status === null) return set({ state: 'failed', problem: answer.problem, totalMs: since() });
    const { status, headers } = answer;
    set({
      status,
      requestId: headers['x-request-id'] ?? null,
      answeredBy: headers['x-parley-model'] ?? null,
      dropped: headers['x-parley-dropped'] ?? null,
    });
    if (status >= 400 || !headers['content-type']?.includes('text/event-stream')) {
      const text = await new Response(answer.body).text();
      return set({ state: 'failed', problem: refusalIn(text, status), totalMs: since() });
    }
    for await (const said of answersOf(answer.body, run)) {
      const spoke = said.text !== '' || said.reasoning !== '' || said.calls.length > 0;
      set({ ...said, firstMs: run.firstMs ?? (spoke ? since() : null) });
    }
    set({ state: run.problem === null ? 'done' : 'failed', totalMs: since() });
  } catch {
    const problem = 'The connection broke off. Run it again.';
    set(signal.aborted ? { state: 'stopped', totalMs: since() } : { state: 'failed', problem, totalMs: since() });
  }
}

async function* answersOf(body: ReadableStream<Uint8Array> | null, first: Answer): AsyncGenerator<Answer> {
  const events = new EventReader();
  const decoder = new TextDecoder();
  const reader = body?.getReader();
  const { text, reasoning, calls, finishReason, usage, problem } = first;
  let answer: Answer = { text, reasoning, calls, finishReason, usage, problem };
  while (reader) {
    const { done, value } = await reader.read();
    answer = events.push(decoder.decode(value, { stream: !done })).reduce(after, answer);
    yield answer;
    if (done) return;
  }
}
