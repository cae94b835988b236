import type { PromptDefinition } from '@parley/contracts/snapshot';
import type { FormFault } from '@parley/ui/form';
import { useEffect, useRef, useState } from 'react';
import { useShell } from '@/shell/shell-context.tsx';

export interface RunSummary {
  readonly usage: {
    readonly inputTokens: number;
    readonly cachedInputTokens: number;
    readonly outputTokens: number;
    readonly reasoningTokens: number;
  } | null;
  readonly cost: string | null;
  readonly currency: string | null;
  readonly latencyMs: number;
  readonly firstTextMs: number | null;
  readonly finishReason: string | null;
  readonly outputProblem: string | null;
}

export interface Run {
  readonly state: 'idle' | 'running' | 'done' | 'failed' | 'stopped';
  readonly text: string;
  readonly summary: RunSummary | null;
  readonly fault: FormFault | null;
}

type Event =
  | { readonly type: 'text'; readonly text: string }
  | ({ readonly type: 'done' } & RunSummary)
  | ({ readonly type: 'failed' } & FormFault);

const IDLE: Run = { state: 'idle', text: '', summary: null, fault: null };
const BROKEN: FormFault = { message: 'The connection to the portal broke. Run it again.', issues: [] };

/** Runs a prompt as it stands and follows what the model says. One at a time; leaving the page ends it. */
export function useRun() {
  const { tenant } = useShell();
  const [run, setRun] = useState<Run>(IDLE);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);

  const start = async (definition: PromptDefinition, variables: Record<string, unknown>): Promise<void> => {
    current.current?.abort();
    const own = new AbortController();
    current.current = own;
    setRun({ ...IDLE, state: 'running' });
    try {
      const reply = await fetch('/api/prompt-run', {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-parley-tenant': tenant.slug },
        body: JSON.stringify({ definition, variables }),
        signal: own.signal,
      });
      if (!reply.ok || !reply.body) {
        setRun({ ...IDLE, state: 'failed', fault: await faultIn(reply) });
        return;
      }
      for await (const event of eventsOf(reply.body)) setRun((before) => after(before, event));
      setRun((before) => (before.state === 'running' ? { ...before, state: 'failed', fault: BROKEN } : before));
    } catch {
      if (current.current !== own) return;
      setRun((before) =>
        own.signal.aborted ? { ...before, state: 'stopped' } : { ...before, state: 'failed', fault: BROKEN },
      );
    }
  };
  return { run, start, stop: () => current.current?.abort() };
}

function after(before: Run, event: Event): Run {
  if (event.type === 'text') return { ...before, text: before.text + event.text };
  if (event.type === 'done') return { ...before, state: 'done', summary: event };
  return { ...before, state: 'failed', fault: { message: event.message, issues: event.issues } };
}

async function faultIn(reply: Response): Promise<FormFault> {
  const body: unknown = await reply.json().catch(() => null);
  if (typeof body !== 'object' || body === null || !('title' in body)) return BROKEN;
  const issues = 'errors' in body && Array.isArray(body.errors) ? (body.errors as FormFault['issues']) : [];
  return { message: String(body.title), issues };
}

async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Event> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const parts = (rest + decoder.decode(value, { stream: true })).split('\n\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('data: ')) yield JSON.parse(part.slice(6)) as Event;
  }
}
