import type { ModelCachePolicy } from '@parley/contracts/policies/model-cache';
import { play } from '@parley/llm/neutral/play';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../../exchange.ts';
import { acting } from '../../explain/notes.ts';
import type { Found, Place } from '../../ports/cache/response-cache.ts';
import type { Ports } from '../../ports/ports.ts';
import { headerValues } from '../../routing/call-facts.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { answerView } from '../../stages/answer-chat.ts';
import { replyWith, startStream } from '../../stages/reply.ts';
import { settle } from '../../stages/settle.ts';
import { noteProviderUsage } from '../../stages/usage.ts';
import { addNote } from '../../wire/response-headers.ts';
import type { Entry } from '../cache/entry.ts';
import { AnswerKeeper } from './keeper.ts';
import { questionOf } from './question.ts';

function ageSeconds(entry: Entry, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - entry.receivedAtMs) / 1000));
}

/** Whether the client asks for a new answer (`no-cache`), or for nothing to be kept either (`no-store`). */
function directives(exchange: Exchange): { readonly look: boolean; readonly keep: boolean } {
  const given = headerValues(exchange, 'cache-control').join(',').toLowerCase();
  return { look: !/\bno-(?:cache|store)\b/.test(given), keep: !/\bno-store\b/.test(given) };
}

/** Answers from what was kept: whole, or as a stream where that was asked for. False where it cannot be read any more. */
function answerWith(exchange: Exchange, ports: Ports, entry: Entry, policy: ModelCachePolicy): boolean {
  const view = answerView(exchange, ports);
  const codec = view === null ? null : codecOf(view.call.protocol);
  if (view === null || codec?.provider == null || codec.client === null) return false;
  const text = entry.body.toString('utf8');
  const answer = codec.provider.readAnswer(text);
  if (answer === null || !('choices' in answer)) return false;
  exchange.cacheUse = 'hit';
  if (policy.price === 'full' && answer.usage !== null) noteProviderUsage(exchange, answer.usage);
  else exchange.price = null;
  addNote(exchange, 'age', String(ageSeconds(entry, ports.clock.nowMs())));
  addNote(exchange, 'cache-status', 'parley; hit');
  if (!exchange.stream) {
    replyWith(exchange, ports, { status: 200, headers: [], json: text });
    return true;
  }
  const writer = codec.client.streamWriter(view);
  play(answer, writer);
  startStream(exchange, ports, writer.contentType);
  exchange.ttftUs = Math.round((performance.now() - exchange.startedAt) * 1000);
  const whole = writer.take() + writer.ending();
  exchange.replyBody = whole;
  exchange.responseBytes += Buffer.byteLength(whole);
  settle(exchange, ports);
  return true;
}

/**
 * Gives an answer again to who asks the very same, and keeps new ones. After what counts a call, before the model is asked; a
 * call that is answered ends here. `null` for a version that keeps none.
 */
export function modelCache({ policies, version }: EndpointSource): Stage | null {
  const policy = policies.modelCache;
  if (!policy) return null;
  const generation = version.cacheGeneration ?? 0;
  return acting('modelCache', (exchange, ports) => {
    const { look, keep } = directives(exchange);
    const question = look || keep ? questionOf(exchange, policy, generation) : null;
    if (question === null) return null;
    const { tenant } = exchange;
    const place: Place = { tenantId: tenant?.id ?? '', dataKey: tenant?.dataKey ?? null, ...question, flatHeaders: [] };
    const goOn = (found: Found): null => {
      if (exchange.settled) return null;
      const nowMs = ports.clock.nowMs();
      const { entry } = found;
      const fresh = entry !== null && ageSeconds(entry, nowMs) < Math.min(entry.lifetimeSeconds, policy.ttlSeconds);
      if (look && fresh && answerWith(exchange, ports, entry, policy)) return null;
      const view = answerView(exchange, ports);
      if (!keep || view === null) return null;
      const { ttlSeconds } = policy;
      const clock = (): number => ports.clock.nowMs();
      exchange.answerKeeper = new AnswerKeeper({
        cache: ports.cache,
        place,
        mark: found.mark,
        ttlSeconds,
        view,
        nowMs: clock,
      });
      return null;
    };
    const found = ports.cache.look(place, ports.clock.nowMs());
    return found instanceof Promise ? found.then(goOn) : goOn(found);
  });
}
