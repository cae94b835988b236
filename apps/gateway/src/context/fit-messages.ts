import { MAX_TURN_BYTES } from '@parley/context/session';
import type { Turn as Message, Part } from '@parley/llm/neutral/call';

const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');

/** What of an answer there is room for beside its question (CP-2.6): parts from the first; of the one that is too long its beginning. */
export function fitAnswer(
  question: readonly Message[],
  said: Message,
): { readonly message: Message; readonly cut: boolean } {
  let room = MAX_TURN_BYTES - sizeOf(question);
  const parts: Part[] = [];
  for (const part of said.parts) {
    const size = sizeOf(part);
    if (size <= room) {
      parts.push(part);
      room -= size;
      continue;
    }
    // A character is six bytes of JSON at most.
    if (part.kind === 'text' && room > 100) parts.push({ ...part, text: part.text.slice(0, Math.floor(room / 6)) });
    return { message: { ...said, parts }, cut: true };
  }
  return { message: said, cut: false };
}

/** Whether a request's own messages are more than a turn may hold. */
export function isTooLarge(messages: readonly Message[]): boolean {
  return sizeOf(messages) > MAX_TURN_BYTES;
}
