import type { SessionTurn } from '@parley/context/session';
import { askForSummary, sealSummary } from '@parley/context/summary';
import { redisKeys } from '@parley/contracts/redis-keys';
import { newId } from '@parley/kernel/id';
import type { Redis } from 'ioredis';
import { callerNow, walkAgain } from '../background/call-again.ts';
import { JobAnswer } from '../background/job-answer.ts';
import { readTarget } from '../door/target.ts';
import { Exchange } from '../exchange.ts';
import { noteOf } from '../explain/stage-notes.ts';
import { chatSaid } from '../models/side/asks.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { costSoFar } from '../stages/cost.ts';
import { endByBug } from '../stages/end-by-bug.ts';
import { endByGateway } from '../stages/end-early.ts';
import { locate } from '../stages/locate.ts';
import { refuse } from '../stages/refuse.ts';
import { madeRequest } from '../wire/made-request.ts';
import { readRequestHeaders } from '../wire/request-headers.ts';
import type { SummaryTimes } from './contexts.ts';
import { type FoundSession, summaryOf } from './find-session.ts';

/** Summaries made at once on one node; beyond, sessions wait for their next call. */
const MOST_AT_ONCE = 16;
const MOST_ANSWER_BYTES = 1024 * 1024;
const NOTHING: Promise<void> = Promise.resolve();

interface Asked {
  readonly answer: string;
  readonly exchange: Exchange;
}

/**
 * Has models make summaries of sessions (CP-6.12), beside the call that found one due and never waited for: as a call of the session's
 * application like any other, with its limits, budgets, guardrails and record.
 */
export class SummaryRunner {
  readonly #redis: Redis;
  readonly #times: SummaryTimes;
  readonly #running = new Map<string, { exchange: Exchange | null; done: Promise<void> }>();

  constructor(redis: Redis, times: SummaryTimes) {
    this.#redis = redis;
    this.#times = times;
  }

  /** Begins one, unless the session's is being made, failed a moment ago, or this node has enough to do. Never throws. */
  begin(parent: Exchange, ports: Ports, session: FoundSession, turns: readonly SessionTurn[], upTo: number): void {
    const { caller, party } = parent;
    if (caller === null || party !== null || ports.life.draining) return;
    if (this.#running.has(session.id) || this.#running.size >= MOST_AT_ONCE) return;
    const run = { exchange: null as Exchange | null, done: NOTHING };
    this.#running.set(session.id, run);
    const facts = { session, turns, upTo, keyId: caller.key.id, applicationId: caller.application.id, parent };
    run.done = this.#make(facts, ports, (exchange) => {
      run.exchange = exchange;
    })
      .catch((error: unknown) => ports.log.warn('a summary could not be made', { error, sessionId: session.id }))
      .finally(() => this.#running.delete(session.id));
  }

  /** Ends those under way; what they used is recorded. */
  async close(ports: Ports): Promise<void> {
    const running = [...this.#running.values()];
    for (const { exchange } of running) if (exchange !== null) endByGateway(exchange, refusal('shutting_down'), ports);
    await Promise.all(running.map(({ done }) => done));
  }

  async #make(facts: Facts, ports: Ports, onBegin: (exchange: Exchange) => void): Promise<void> {
    const { session, turns, upTo } = facts;
    const { settings } = session;
    if (settings.summary_model === null) return;
    const lock = redisKeys.contextSummarising(session.id);
    const heldMs = this.#times.withinMs + this.#times.restMs;
    if ((await this.#redis.set(lock, '1', 'PX', heldMs, 'NX')) === null) return;
    const ask = askForSummary(turns, summaryOf(session), { upTo, tokens: settings.summary_tokens });
    const body =
      ask === null
        ? null
        : { model: settings.summary_model, max_tokens: settings.summary_tokens, messages: ask.messages };
    const asked = body === null ? null : await this.#ask(facts, JSON.stringify(body), ports, onBegin);
    if (ask === null || asked === null) {
      await this.#redis.set(lock, '1', 'PX', this.#times.restMs);
      return;
    }
    const { exchange, answer } = asked;
    const sealed = sealSummary(session.key, session.id, {
      text: answer,
      covers: ask.covers,
      model: settings.summary_model,
      requestId: exchange.id,
      inputTokens: exchange.inputTokens,
      outputTokens: exchange.outputTokens,
      costNano: costSoFar(exchange).toString(),
      currency: exchange.price?.currency ?? '',
      atMs: ports.clock.nowMs(),
    });
    const { to } = ask.covers;
    const place = { tenantId: session.hot.tenantId, sessionId: session.id };
    await ports.contexts.spool.keep({
      kind: 'summary',
      ...place,
      to,
      atMs: ports.clock.nowMs(),
      sealed: sealed.toString('base64'),
    });
    await ports.contexts.store.summary(session.id, { sealed, to });
    await this.#redis.del(lock);
  }

  /** Walks the chains a call of the application would walk now; `null` where no model answered. */
  async #ask(facts: Facts, body: string, ports: Ports, onBegin: (exchange: Exchange) => void): Promise<Asked | null> {
    const { session, keyId, applicationId, parent } = facts;
    const caller = await callerNow(applicationId, keyId, ports);
    if (caller instanceof Refusal || ports.life.draining) return null;
    const headers = [
      'content-type',
      'application/json',
      'x-session-id',
      session.publicId,
      'parley-tags',
      'context=summary',
    ];
    const address = parent.clients.addressOf(parent.request);
    const request = madeRequest({
      method: 'POST',
      url: '/v1/chat/completions',
      headers,
      address,
      body: Buffer.from(body),
    });
    readTarget(request);
    const taken = new JobAnswer(request, MOST_ANSWER_BYTES, () =>
      endByGateway(exchange, refusal('answer_too_large'), ports),
    );
    const exchange = new Exchange(newId(), performance.now(), request, taken, false);
    exchange.clients = ports.clients;
    readRequestHeaders(exchange);
    exchange.caller = caller;
    exchange.scopes = parent.scopes;
    exchange.subject = parent.subject;
    onBegin(exchange);
    const late = setTimeout(() => endByGateway(exchange, refusal('upstream_timeout'), ports), this.#times.withinMs);
    try {
      await locate(exchange, ports);
      const refused = await walkAgain(exchange, ports, (stage) => noteOf(stage)?.step === 'caller');
      if (refused !== null) refuse(exchange, refused, ports);
      const { status, body: bytes, broken } = await taken.done;
      const answer = broken || status !== 200 ? null : chatSaid(bytes.toString('utf8'));
      return answer === null || answer.trim() === '' ? null : { answer: answer.trim(), exchange };
    } catch (error) {
      endByBug(exchange, error, ports);
      return null;
    } finally {
      clearTimeout(late);
    }
  }
}

interface Facts {
  readonly session: FoundSession;
  readonly turns: readonly SessionTurn[];
  readonly upTo: number;
  readonly keyId: string;
  readonly applicationId: string;
  readonly parent: Exchange;
}
