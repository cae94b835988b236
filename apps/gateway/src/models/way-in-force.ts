import { asksForText } from '@parley/llm/continued-call';
import { ResumableStream } from '@parley/llm/resumable-stream';
import { codecOf, type Way } from '@parley/llm/ways';
import type { Exchange } from '../exchange.ts';
import { watchedWay, watchedWriter } from '../policies/guardrails/watched-way.ts';

/** The same way, whose streams another answer may go on with: they are read and written anew. */
function resumableWay(way: Way, { guard }: Exchange): Way {
  const client = codecOf(way.from)?.client ?? null;
  if (client === null) return way;
  return {
    ...way,
    stream: (view, target) => {
      const writer = guard?.watchesAnswer ? watchedWriter(client, view, guard) : client.streamWriter(view);
      return new ResumableStream(way.reader(view.call), writer, target);
    },
  };
}

/** How a provider is spoken to under the policies of the call: its answers watched, its streams fit to be gone on with. */
export function wayInForce(exchange: Exchange, way: Way): Way {
  const { guard, routing, chat, stream, offer, continued } = exchange;
  // What goes on with an answer is only read: it is written where that one was.
  if (continued !== null) return way;
  const watched = guard === null ? way : watchedWay(way, guard);
  if (!routing.resume || !stream || offer !== null || chat === null || !asksForText(chat)) return watched;
  return resumableWay(watched, exchange);
}
