import { keepMs, sealTurn, type TurnState } from '@parley/context/session';
import type { TurnSaid } from '@parley/context/store/session-store';
import type { TurnRecord } from '@parley/contracts/context-records';
import type { ClientCall } from '@parley/llm/codec';
import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import type { FoundSession } from './find-session.ts';
import { fitAnswer } from './fit-messages.ts';
import { authorOf } from './party-access.ts';
import { ToldAnswer } from './told-answer.ts';

/** What a call has to do with its session: its turn, from the call's beginning to its last byte. */
export class CallContext {
  readonly session: FoundSession;
  /** Of the request's turns, how many are its own: the last ones. */
  readonly ownTurns: number;
  readonly #exchange: Exchange;
  readonly #ports: Ports;
  #question: readonly Message[] = [];
  #answer: ToldAnswer | null = null;
  #sequence = 0;
  #atMs = 0;
  #revision = 0;
  #timer: NodeJS.Timeout | null = null;
  #keptChars = 0;

  constructor(exchange: Exchange, ports: Ports, session: FoundSession, ownTurns: number) {
    this.#exchange = exchange;
    this.#ports = ports;
    this.session = session;
    this.ownTurns = ownTurns;
  }

  /** Takes the call's place in the order, with its question. Rejects while Redis is away. */
  async begin(call: ClientCall, question: readonly Message[]): Promise<TurnSaid> {
    this.#question = question;
    const { contexts } = this.#ports;
    const content = this.#seal(question);
    const step = { turnId: this.#exchange.id, revision: 0, state: 'open', sealed: content } as const;
    const said = await contexts.store.turn(this.session.id, step);
    if (said.said !== 'ok' && said.said !== 'known') return said;
    this.#sequence = said.sequence;
    this.#atMs = said.atMs;
    this.#answer = new ToldAnswer(call);
    await contexts.spool.keep(this.#record('open', content));
    this.#timer = setInterval(() => void this.#keepProgress(), contexts.times.progressMs).unref();
    return said;
  }

  /** A piece of the answer that leaves before its end. */
  piece(text: string): void {
    this.#answer?.piece(text);
  }

  /** The call has ended. Resolves when its turn is safe (CP-8.1); never rejects. */
  async end(exchange: Exchange): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    const answer = this.#answer;
    if (answer === null) return;
    this.#answer = null;
    const { code, replyHeaders, replyBody, stream, status, abortedBy } = exchange;
    const good = code === null && status < 300 && abortedBy === 'none';
    if (good && replyBody !== null) {
      if (stream && replyHeaders === null) answer.piece(replyBody.toString());
      else if (!stream) answer.whole(replyBody.toString());
    }
    answer.end();
    const said = answer.said();
    if (said === null) return this.#step('void', this.#seal([]));
    const { message, cut } = fitAnswer(this.#question, said);
    const whole = good && answer.complete && !cut;
    await this.#step(whole ? 'complete' : 'cut', this.#seal([...this.#question, message]));
  }

  #seal(messages: readonly Message[]): Buffer {
    const { session } = this;
    const { model, dialect } = this.#exchange;
    return sealTurn(session.key, session.id, this.#exchange.id, {
      author: authorOf(this.#exchange),
      model: model?.slug ?? null,
      dialect: dialect ?? 'openai_chat',
      messages,
      tokens: messages.map(estimateTurnTokens),
    });
  }

  async #step(state: TurnState | 'void', sealed: Buffer, toDisk = true): Promise<void> {
    this.#revision++;
    const { contexts, log } = this.#ports;
    const step = { turnId: this.#exchange.id, revision: this.#revision, state, sealed, sequence: this.#sequence };
    const hot = contexts.store.applyTurn(this.session.id, step).catch((error: unknown) => {
      // The spool has it, and the worker brings it to the hot store as well.
      log.warn('a turn could not be told to the hot store; it comes by the durable one', { error });
    });
    if (toDisk) await contexts.spool.keep(this.#record(state, sealed));
    await hot;
  }

  /** Says that the call goes on, and keeps what has been said. */
  async #keepProgress(): Promise<void> {
    const answer = this.#answer;
    if (answer === null) return;
    const said = answer.said();
    const grown = answer.chars !== this.#keptChars;
    this.#keptChars = answer.chars;
    const more = said === null ? [] : [fitAnswer(this.#question, said).message];
    await this.#step('open', this.#seal([...this.#question, ...more]), grown);
  }

  #record(state: TurnRecord['state'], sealed: Buffer): TurnRecord {
    const { session } = this;
    return {
      kind: 'turn',
      tenantId: session.hot.tenantId,
      sessionId: session.id,
      turnId: this.#exchange.id,
      sequence: this.#sequence,
      revision: this.#revision,
      state,
      atMs: this.#atMs,
      keepUntilMs: this.#ports.clock.nowMs() + keepMs(session.settings),
      sealed: sealed.toString('base64'),
    };
  }
}
