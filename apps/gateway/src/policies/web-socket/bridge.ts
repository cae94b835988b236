import type { Duplex } from 'node:stream';
import type { WebSocketPolicy } from '@parley/contracts/policies/web-socket';
import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Upgrade } from '../../door/upgrade.ts';
import type { Exchange } from '../../exchange.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Refusal } from '../../refusals.ts';
import { endByBug } from '../../stages/end-by-bug.ts';
import { settle } from '../../stages/settle.ts';
import type { RunningCall } from '../../upstream/running-call.ts';
import { isCloseCode, readClose } from './control-frames.ts';
import type { CountMessage } from './count-messages.ts';
import { CLOSE, OPCODE } from './frames.ts';
import type { OpenSocket } from './open-sockets.ts';
import { Side, type SideListener } from './side.ts';
import { type Grounds, mayHaveChanged, stillAllowed } from './still-allowed.ts';
import type { Heard, Talk } from './talk.ts';

export interface BridgeSource {
  readonly exchange: Exchange;
  readonly ports: Ports;
  readonly policy: WebSocketPolicy;
  /** `null` where messages are not counted against limits. */
  readonly count: CountMessage | null;
  readonly upgrade: Upgrade;
  readonly upstream: Duplex;
  /** Reads the messages; `null` where they only pass. */
  readonly talk: Talk | null;
  /** Called once when the connection is over. */
  readonly onOver: () => void;
}

/** How a connection ends: what each side is told, and what is recorded. */
interface Ending {
  /** For the caller. */
  readonly client: number;
  readonly upstream: number;
  readonly reason: string;
  readonly code: RefusalCode | null;
  readonly abortedBy?: Exchange['abortedBy'];
}

/** What a connection is closed with when it may not go on: those that may come back soon are told so. */
const TRY_LATER = new Set<RefusalCode>(['rate_limited', 'quota_exceeded', 'limiter_unavailable']);

/**
 * A WebSocket on its way through: frames pass both ways as they come, each at the other side's pace, within the bounds of
 * the policy. Its end is recorded once; only then the caller is told.
 */
export class Bridge implements RunningCall, OpenSocket, SideListener {
  previous: OpenSocket | null = null;
  next: OpenSocket | null = null;
  readonly #source: BridgeSource;
  readonly #client: Side;
  readonly #upstream: Side;
  readonly #grounds: Grounds;
  readonly #openedAt = performance.now();
  #messageAt = this.#openedAt;
  #asking = false;
  /** When the caller sent its close frame; 0 before. */
  #closingAt = 0;
  /** How it will end once what the caller left in the middle is accounted for. */
  #departing: Ending | null = null;
  #over = false;

  constructor(source: BridgeSource, grounds: Grounds) {
    const { upgrade, upstream, policy } = source;
    const { maxMessageBytes, messagesPerSecond, answersPerSecond } = policy;
    this.#source = source;
    this.#grounds = grounds;
    const whole = source.talk !== null;
    this.#client = new Side(upgrade.socket, { name: 'client', maxMessageBytes, messagesPerSecond, whole }, this);
    const ofUpstream = { name: 'upstream', maxMessageBytes, messagesPerSecond: answersPerSecond, whole } as const;
    this.#upstream = new Side(upstream, ofUpstream, this);
  }

  start(): void {
    this.#source.ports.sockets.add(this);
    this.#upstream.listen(Buffer.alloc(0));
    if (!this.#over) this.#client.listen(this.#source.upgrade.head);
  }

  /** Each side waits for the other by itself. */
  pause(): void {}
  resume(): void {}

  /** Ends it from our side where the rest of the gateway has settled the call. */
  abort(): void {
    if (this.#over) return;
    this.#leave('client');
    this.#upstream.end(CLOSE.goingAway, '', this.#client.reader.midFrame, this.#closeMs);
  }

  /** The caller has gone without a word; true where the connection ends by itself, later. */
  takesLeave(): boolean {
    if (!this.#over) this.onGone(this.#client);
    return this.#departing !== null;
  }

  goAway(): void {
    this.#end({ client: CLOSE.goingAway, upstream: CLOSE.goingAway, reason: 'shutting down', code: 'shutting_down' });
  }

  tick(nowMs: number): void {
    const { policy, ports, exchange } = this.#source;
    const { pingMs, closeMs } = ports.sockets.times;
    if (this.#closingAt !== 0 && nowMs - this.#closingAt > closeMs) return this.#endAsAsked(CLOSE.normal, '');
    if (this.#departing !== null) return;
    if (nowMs - this.#openedAt >= policy.maxSeconds * 1000) {
      return this.#endBy(CLOSE.goingAway, 'the connection was open long enough', 'socket_expired');
    }
    if (nowMs - this.#messageAt >= policy.idleSeconds * 1000) {
      return this.#endBy(CLOSE.policy, 'idle for too long', 'socket_idle');
    }
    if (!this.#client.isThere(nowMs, pingMs, this.#upstream.reader.midFrame)) return this.onGone(this.#client);
    if (!this.#upstream.isThere(nowMs, pingMs, this.#client.reader.midFrame)) return this.onGone(this.#upstream);
    if (!this.#asking && mayHaveChanged(this.#grounds, exchange, ports.clock.nowMs())) this.#askAgain();
  }

  onMessage(side: Side): boolean {
    const now = performance.now();
    if (!side.rate.take(now)) {
      this.#endBy(CLOSE.policy, 'too many messages a second', 'rate_limited');
      return false;
    }
    this.#messageAt = now;
    const { count, exchange, ports } = this.#source;
    if (count === null || side === this.#upstream) return this.#let(side, null);
    const counted = count(exchange, ports);
    if (!(counted instanceof Promise)) return this.#let(side, counted);
    side.pause();
    counted.then(
      (late) => {
        if (this.#over || !this.#let(side, late)) return;
        side.reader.proceed();
        side.resume();
      },
      (error: unknown) => this.#bug(error),
    );
    return false;
  }

  onData(side: Side, bytes: Buffer): void {
    // Nothing follows a close frame (RFC 6455 §5.5.1).
    const closed = side === this.#client && this.#closingAt !== 0;
    if (!this.#over && !closed) this.#other(side).write(bytes, side);
  }

  onWhole(side: Side, opcode: number, payload: Buffer): boolean {
    const { talk } = this.#source;
    if (this.#over || talk === null) return false;
    if (side === this.#client && this.#closingAt !== 0) return true;
    if (opcode !== OPCODE.text) {
      this.onFault(side, CLOSE.protocolError, 'messages must be texts');
      return false;
    }
    const heard = talk.hear(side.name, payload.toString('utf8'));
    if (!(heard instanceof Promise)) return this.#goOn(heard);
    side.pause();
    heard.then(
      (late) => {
        if (this.#over || !this.#goOn(late)) return;
        side.reader.proceed();
        side.resume();
      },
      (error: unknown) => this.#bug(error),
    );
    return false;
  }

  onControl(side: Side, opcode: number, payload: Buffer, frame: Buffer): void {
    if (this.#over) return;
    if (opcode !== OPCODE.close) return this.#other(side).write(frame, side);
    const { code, reason } = readClose(payload);
    if (!isCloseCode(code)) return this.onFault(side, CLOSE.protocolError, 'bad close code');
    if (side === this.#upstream) return this.#endAsAsked(code, reason);
    if (this.#departs({ client: code, upstream: code, reason, code: null })) return;
    // The upstream's own close frame is what the caller is told; its answer is waited for a while.
    this.#closingAt ||= performance.now();
    this.#upstream.write(frame, side);
  }

  onFault(side: Side, code: number, reason: string): void {
    const tooBig = code === CLOSE.tooBig;
    if (side === this.#client) {
      this.#end({
        client: code,
        upstream: CLOSE.goingAway,
        reason,
        code: tooBig ? 'body_too_large' : 'malformed_request',
      });
    } else {
      const client = tooBig ? code : CLOSE.upstreamFailed;
      this.#end({ client, upstream: code, reason, code: tooBig ? 'answer_too_large' : 'upstream_invalid' });
    }
  }

  onGone(side: Side): void {
    const client = CLOSE.upstreamFailed;
    if (side === this.#upstream && this.#closingAt === 0) {
      const reason = 'the upstream is gone';
      return this.#end({ client, upstream: client, reason, code: 'upstream_cut', abortedBy: 'upstream' });
    }
    if (this.#closingAt !== 0) return this.#endAsAsked(CLOSE.normal, '');
    const gone = { client: 1005, upstream: CLOSE.goingAway, reason: '', code: 'client_closed' } as const;
    if (!this.#departs({ ...gone, abortedBy: 'client' })) this.#end({ ...gone, abortedBy: 'client' });
  }

  get #closeMs(): number {
    return this.#source.ports.sockets.times.closeMs;
  }

  #other(side: Side): Side {
    return side === this.#client ? this.#upstream : this.#client;
  }

  /** Lets a message pass, or ends the connection with what is against it. */
  #let(side: Side, refused: Refusal | null): boolean {
    if (refused === null) {
      side.messages++;
      return true;
    }
    this.#endBy(TRY_LATER.has(refused.code) ? CLOSE.tryLater : CLOSE.policy, refused.message, refused.code);
    return false;
  }

  /** Sends what is to be sent after a message; false when that was the last. */
  #goOn({ toClient, toUpstream, end }: Heard): boolean {
    if (toClient !== null) this.#client.say(toClient, this.#upstream);
    if (toUpstream !== null) this.#upstream.say(toUpstream, this.#client);
    if (end !== null) this.#endBy(TRY_LATER.has(end.code) ? CLOSE.tryLater : CLOSE.policy, end.message, end.code);
    else if (this.#departing !== null && this.#source.talk?.leaving() === null) this.#end(this.#departing);
    return !this.#over;
  }

  /** The caller leaves while something is under way: the upstream is told, and has a moment to say what it cost. */
  #departs(ending: Ending): boolean {
    if (this.#departing !== null) return true;
    const last = this.#source.talk?.leaving() ?? null;
    if (last === null || this.#over) return false;
    this.#departing = ending;
    this.#closingAt ||= performance.now();
    this.#upstream.say(last, this.#client);
    return true;
  }

  #askAgain(): void {
    const { exchange, ports } = this.#source;
    this.#asking = true;
    stillAllowed(this.#grounds, exchange, ports).then(
      (refused) => {
        this.#asking = false;
        if (refused !== null) this.#endBy(CLOSE.policy, refused.message, refused.code);
      },
      (error: unknown) => this.#bug(error),
    );
  }

  /** Both sides agree that it is over. */
  #endAsAsked(code: number, reason: string): void {
    if (this.#departing !== null) return this.#end(this.#departing);
    this.#end({ client: code, upstream: code, reason, code: null });
  }

  /** The gateway ends it; the upstream is told only that nobody is there any more. */
  #endBy(client: number, reason: string, code: RefusalCode): void {
    this.#end({ client, upstream: CLOSE.goingAway, reason, code });
  }

  #end({ client, upstream, reason, code, abortedBy }: Ending): void {
    if (this.#over) return;
    const { exchange, ports } = this.#source;
    const toClient = this.#upstream.reader.midFrame;
    const toUpstream = this.#client.reader.midFrame;
    exchange.code = code;
    if (abortedBy !== undefined) exchange.abortedBy = abortedBy;
    this.#leave(abortedBy ?? (this.#closingAt === 0 ? 'none' : 'client'));
    if (this.#closingAt === 0) this.#upstream.end(upstream, reason, toUpstream, this.#closeMs);
    else this.#upstream.destroy();
    settle(exchange, ports, () => {
      if (abortedBy === 'client') this.#client.destroy();
      else this.#client.end(client, reason, toClient, this.#closeMs);
    });
  }

  /** Nothing passes any more; what did is noted. */
  #leave(abortedBy: Exchange['abortedBy']): void {
    const { exchange, ports, onOver } = this.#source;
    this.#over = true;
    ports.sockets.remove(this);
    this.#source.talk?.over(abortedBy);
    this.#client.reader.stop();
    this.#upstream.reader.stop();
    exchange.messages = { in: this.#client.messages, out: this.#upstream.messages };
    exchange.requestBytes = this.#client.bytes;
    exchange.responseBytes = this.#upstream.bytes;
    onOver();
  }

  #bug(error: unknown): void {
    const { exchange, ports } = this.#source;
    this.abort();
    endByBug(exchange, error, ports);
  }
}
