import type { ModelCachePolicy } from '@parley/contracts/policies/model-cache';
import { play } from '@parley/llm/neutral/play';
import { codecOf } from '@parley/llm/ways';
import type { Exchange } from '../../exchange.ts';
import { acting } from '../../explain/notes.ts';
import type { Found, Place } from '../../ports/cache/response-cache.ts';
import type { Ports } from '../../ports/ports.ts';
import { refusal } from '../../refusals.ts';
import { headerValues } from '../../routing/call-facts.ts';
import type { EndpointSource, Stage } from '../../stage.ts';
import { answerView } from '../../stages/answer-chat.ts';
import { replyWith, startStream } from '../../stages/reply.ts';
import { settle } from '../../stages/settle.ts';
import { noteProviderUsage } from '../../stages/usage.ts';
import { addNote } from '../../wire/response-headers.ts';
import type { Entry } from '../cache/entry.ts';
import { agreementOf } from './agreement.ts';
import { AnswerKeeper } from './keeper.ts';
import { type Question, questionOf } from './question.ts';
import { type Asked, type SemanticCache, semanticOf } from './semantic.ts';

function ageSeconds(entry: Entry, nowMs: number): number {
  return Math.max(0, Math.floor((nowMs - entry.receivedAtMs) / 1000));
}

/** Whether the client asks for a new answer (`no-cache`), or for nothing to be kept either (`no-store`). */
function directives(exchange: Exchange): { readonly look: boolean; readonly keep: boolean } {
  const given = headerValues(exchange, 'cache-control').join(',').toLowerCase();
  return { look: !/\bno-(?:cache|store)\b/.test(given), keep: !/\bno-store\b/.test(given) };
}

interface Hit {
  readonly policy: ModelCachePolicy;
  readonly status: 'parley; hit' | 'parley; hit; detail=semantic';
}

/** Answers from what was kept: whole, or as a stream where that was asked for. False where it cannot be read any more. */
function answerWith(exchange: Exchange, ports: Ports, entry: Entry, { policy, status }: Hit): boolean {
  const view = answerView(exchange, ports);
  const codec = view === null ? null : codecOf(view.call.protocol);
  if (view === null || codec?.provider == null || codec.client === null) return false;
  const text = entry.body.toString('utf8');
  const answer = codec.provider.readAnswer(text);
  if (answer === null || !('choices' in answer)) return false;
  exchange.cacheUse = status === 'parley; hit' ? 'hit' : 'semantic';
  if (policy.price === 'full' && answer.usage !== null) noteProviderUsage(exchange, answer.usage);
  else exchange.price = null;
  addNote(exchange, 'age', String(ageSeconds(entry, ports.clock.nowMs())));
  addNote(exchange, 'cache-status', status);
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

/** One call on its way through the cache of its endpoint. */
interface Look {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly policy: ModelCachePolicy;
  readonly question: Question;
  readonly place: Place;
  readonly look: boolean;
  readonly keep: boolean;
  readonly mark: string;
}

function fresh({ entry }: Found, { ports, policy }: Pick<Look, 'ports' | 'policy'>): Entry | null {
  const lifetime = entry === null ? 0 : Math.min(entry.lifetimeSeconds, policy.ttlSeconds);
  return entry !== null && ageSeconds(entry, ports.clock.nowMs()) < lifetime ? entry : null;
}

/** Keeps the answer that is to come, and what its question means. */
function keepAnswer(
  { exchange, ports, policy, place, keep, mark }: Look,
  asked: Asked | null,
  trial: Entry | null,
): null {
  const view = answerView(exchange, ports);
  if (!keep || view === null) return null;
  const { ttlSeconds } = policy;
  const nowMs = (): number => ports.clock.nowMs();
  const kept = (text: string): void => {
    if (asked === null) return;
    const { place: where, bucket, vector, texts } = asked;
    const endsAtMs = nowMs() + ttlSeconds * 1000;
    ports.meanings.add(where, { bucket, vector, texts, primary: place.primary, endsAtMs }, nowMs());
    if (trial === null || exchange.semantic === undefined) return;
    exchange.semantic = { ...exchange.semantic, agreement: agreementOf(view, text, trial.body.toString('utf8')) };
  };
  exchange.answerKeeper = new AnswerKeeper({ cache: ports.cache, place, mark, ttlSeconds, view, nowMs, kept });
  return null;
}

/** Answers with what was kept for the same meaning, or notes it where that is on trial. */
function answerSame(call: Look, asked: Asked, found: Found, mode: SemanticCache['settings']['mode']): null {
  const { exchange, ports, policy } = call;
  if (exchange.settled) return null;
  const entry = fresh(found, call);
  if (entry === null) {
    if (asked.found !== null) ports.meanings.drop(asked.place, asked.found);
    return keepAnswer(call, asked, null);
  }
  exchange.semantic = { closeness: Math.round(asked.closeness * 1000) / 1000, agreement: null };
  if (mode === 'serve' && answerWith(exchange, ports, entry, { policy, status: 'parley; hit; detail=semantic' }))
    return null;
  return keepAnswer(call, asked, entry);
}

function lookByMeaning(call: Look, semantic: SemanticCache): null | Promise<null> {
  const { exchange, ports, question, place } = call;
  const asked = semantic.ask(exchange, ports, question.resource, question.owner);
  const found = (heard: Asked | null): null | Promise<null> => {
    if (exchange.settled) return null;
    if (heard?.found == null) return keepAnswer(call, heard, null);
    const there = ports.cache.look({ ...place, primary: heard.found.primary }, ports.clock.nowMs());
    const { mode } = semantic.settings;
    return there instanceof Promise
      ? there.then((late) => answerSame(call, heard, late, mode))
      : answerSame(call, heard, there, mode);
  };
  return asked instanceof Promise ? asked.then(found) : found(asked);
}

/**
 * Gives an answer again to who asks the very same, or, where the policy says so, the same in other words; keeps new ones. After
 * what counts a call, before the model is asked; a call that is answered ends here. `null` for a version that keeps none.
 */
export function modelCache(source: EndpointSource): Stage | null {
  const policy = source.policies.modelCache;
  if (!policy) return null;
  const generation = source.version.cacheGeneration ?? 0;
  const semantic = semanticOf(source);
  // Its embedding model is gone: refused, rather than served without what the policy promises.
  if (semantic === 'unkept') return acting('modelCache', () => refusal('policy_unsupported'));
  return acting('modelCache', (exchange, ports) => {
    const { look, keep } = directives(exchange);
    const question = look || keep ? questionOf(exchange, policy, generation) : null;
    if (question === null) return null;
    const { tenant } = exchange;
    const { resource, primary } = question;
    const place: Place = {
      tenantId: tenant?.id ?? '',
      dataKey: tenant?.dataKey ?? null,
      resource,
      primary,
      flatHeaders: [],
    };
    const goOn = (found: Found): null | Promise<null> => {
      if (exchange.settled) return null;
      const call = { exchange, ports, policy, question, place, look, keep, mark: found.mark };
      const entry = look ? fresh(found, call) : null;
      if (entry !== null && answerWith(exchange, ports, entry, { policy, status: 'parley; hit' })) return null;
      return semantic === null || !look ? keepAnswer(call, null, null) : lookByMeaning(call, semantic);
    };
    const found = ports.cache.look(place, ports.clock.nowMs());
    return found instanceof Promise ? found.then(goOn) : goOn(found);
  });
}
