import type { ServerEvent } from '@/gateway-call/event-reader.ts';

/** The text that an event adds to the answer: a chat chunk's delta, or a prompt endpoint's `delta`. Empty for others. */
export function pieceOf({ event, data }: ServerEvent): string {
  if (data === '[DONE]' || event === 'done') return '';
  try {
    const parsed = JSON.parse(data) as {
      text?: unknown;
      choices?: readonly { delta?: { content?: unknown } }[];
      error?: { message?: unknown };
      detail?: unknown;
    };
    if (event === 'error' || parsed.error) {
      const words = parsed.detail ?? parsed.error?.message;
      return `\n[${typeof words === 'string' ? words : 'broken off'}]`;
    }
    const piece = parsed.choices?.[0]?.delta?.content ?? (event === 'delta' ? parsed.text : '');
    return typeof piece === 'string' ? piece : '';
  } catch {
    return '';
  }
}
