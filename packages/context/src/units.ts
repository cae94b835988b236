import type { Turn as Message, Part } from '@parley/llm/neutral/call';

/** Messages `from` to `to` (inclusive), which are sent together or not at all. */
export interface Unit {
  readonly from: number;
  readonly to: number;
}

/** Which tool calls have a result further on, and which results a call before them: by number of the message and of its part. */
export interface Pairs {
  readonly units: readonly Unit[];
  /** Parts that providers would refuse: calls without a result, results without a call. */
  isStray(message: number, part: number): boolean;
}

interface Place {
  readonly message: number;
  readonly part: number;
}

const nameOf = ({ message, part }: Place): string => `${message} ${part}`;

function eachPart(messages: readonly Message[], see: (part: Part, place: Place) => void): void {
  messages.forEach(({ parts }, message) => {
    parts.forEach((part, at) => {
      see(part, { message, part: at });
    });
  });
}

/**
 * Joins messages to units that no tool call and its result are parted by (CP-6.6). Each call is answered by the first result of
 * its id that follows it. Linear.
 */
export function pairUp(messages: readonly Message[]): Pairs {
  const waiting = new Map<string, Place>();
  const stray = new Set<string>();
  /** Furthest message each message reaches. */
  const reach = messages.map((_, i) => i);
  eachPart(messages, (part, place) => {
    if (part.kind === 'tool_call') {
      const before = waiting.get(part.id);
      if (before !== undefined) stray.add(nameOf(before));
      waiting.set(part.id, place);
    } else if (part.kind === 'tool_result') {
      const call = waiting.get(part.callId);
      if (call === undefined) stray.add(nameOf(place));
      else {
        waiting.delete(part.callId);
        reach[call.message] = Math.max(reach[call.message] ?? 0, place.message);
      }
    }
  });
  for (const place of waiting.values()) stray.add(nameOf(place));
  const units: Unit[] = [];
  for (let from = 0; from < messages.length; ) {
    let to = reach[from] ?? from;
    for (let i = from; i <= to; i++) to = Math.max(to, reach[i] ?? i);
    units.push({ from, to });
    from = to + 1;
  }
  return { units, isStray: (message, part) => stray.has(nameOf({ message, part })) };
}
