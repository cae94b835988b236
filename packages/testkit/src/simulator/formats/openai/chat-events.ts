import type { Seen } from '../../watch-call.ts';

/** A chunk of a streamed chat completion, as far as the tests look. */
interface Event {
  readonly choices: {
    delta: {
      role?: string;
      reasoning_content?: string;
      reasoning?: string;
      content?: string | null;
      refusal?: string | null;
      tool_calls?: { index?: number; id?: string; function: { name?: string; arguments: string } }[];
    };
    finish_reason: string | null;
  }[];
  readonly usage?: { completion_tokens: number } | null;
  readonly error?: { type: string };
}

export const dataLines = (seen: Seen): string[] =>
  seen.text
    .split('\n')
    .filter((line) => line.startsWith('data: '))
    .map((line) => line.slice(6));
export const events = (seen: Seen): Event[] =>
  dataLines(seen)
    .filter((line) => line !== '[DONE]')
    .map((line) => JSON.parse(line) as Event);
export const done = (seen: Seen): boolean => seen.text.endsWith('data: [DONE]\n\n');
export const finished = (seen: Seen): boolean =>
  events(seen).some((event) => event.choices[0]?.finish_reason === 'stop');
