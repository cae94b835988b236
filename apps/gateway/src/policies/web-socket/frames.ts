/** Opcodes of RFC 6455 §5.2. */
export const OPCODE = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** Close codes of RFC 6455 §7.4.1 and its registry, as far as the gateway sends them. */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  policy: 1008,
  tooBig: 1009,
  upstreamFailed: 1011,
  tryLater: 1013,
} as const;

/** What is told of a stream of frames. */
export interface FrameSink {
  /** A message begins. `false` waits with it: `proceed` lets it go on. */
  onMessage(): boolean;
  /** Bytes of data frames, headers included, as they came. */
  onData(bytes: Buffer, payloadBytes: number): void;
  /** A whole message in clear, of a reader that puts them together. `false` waits with what follows: `proceed` goes on. */
  onWhole(opcode: number, payload: Buffer): boolean;
  /** A whole control frame: its payload in clear, and the frame as it came. */
  onControl(opcode: number, payload: Buffer, frame: Buffer): void;
  /** The stream is broken here; nothing more is read of it. */
  onFault(code: number, reason: string): void;
}

const MAX_HEADER = 14;
const MAX_CONTROL = 125;

/**
 * Reads one direction of a WebSocket as it passes: frames are checked by their headers (RFC 6455 §5.2, §5.4, §5.5) and
 * handed on without being put together, so that a message of any size takes no memory. Extensions are not negotiated,
 * so reserved bits must be clear. Text is not checked to be UTF-8: the receiver does. With `whole` messages are put
 * together instead, within their bound, for those who read them.
 */
export class FrameReader {
  readonly #masked: boolean;
  readonly #maxMessageBytes: number;
  readonly #sink: FrameSink;
  /** Header of the frame being read, or all of a control frame. */
  readonly #frame = Buffer.alloc(MAX_HEADER + MAX_CONTROL);
  #have = 0;
  /** Bytes of the payload of a data frame still to come. */
  #left = 0;
  #messageBytes = 0;
  #inMessage = false;
  #held: Buffer | null = null;
  #broken = false;
  /** Of the message being put together; `null` where frames only pass. */
  readonly #parts: Buffer[] | null;
  #opcode = 0;
  readonly #mask = Buffer.alloc(4);
  /** Bytes of the frame's payload that were unmasked. */
  #unmasked = 0;

  constructor(masked: boolean, maxMessageBytes: number, sink: FrameSink, whole = false) {
    this.#parts = whole ? [] : null;
    this.#masked = masked;
    this.#maxMessageBytes = maxMessageBytes;
    this.#sink = sink;
  }

  /** Whether what was handed on ends within a frame: nothing can be put in there. */
  get midFrame(): boolean {
    return this.#parts === null && this.#left > 0;
  }

  /** Reads nothing more. */
  stop(): void {
    this.#broken = true;
    this.#held = null;
  }

  /** Lets the message go on that `onMessage` made wait. */
  proceed(): void {
    const rest = this.#held;
    if (rest === null || this.#broken) return;
    this.#held = null;
    if (this.#parts !== null) return this.push(rest);
    const header = Buffer.from(this.#frame.subarray(0, this.#have));
    this.#beginPayload();
    this.#have = 0;
    this.#sink.onData(header, 0);
    this.push(rest);
  }

  push(chunk: Buffer): void {
    if (this.#held !== null) this.#held = Buffer.concat([this.#held, chunk]);
    else this.#read(chunk);
  }

  #read(chunk: Buffer): void {
    // Bytes from `from` on are not handed on yet; `frameAt` is where the frame begins, -1 when in an earlier chunk.
    let from = 0;
    let at = 0;
    let payload = 0;
    let frameAt = this.#have > 0 ? -1 : 0;
    const flush = (until: number): void => {
      if (until > from && this.#parts === null) this.#sink.onData(chunk.subarray(from, until), payload);
      payload = 0;
    };
    while (at < chunk.length && !this.#broken) {
      if (this.#left > 0) {
        const taken = Math.min(this.#left, chunk.length - at);
        this.#left -= taken;
        payload += taken;
        if (this.#parts !== null) this.#collect(this.#parts, chunk.subarray(at, at + taken));
        at += taken;
        if (!this.#mayGoOn(chunk, at)) return;
        continue;
      }
      if (this.#have === 0) frameAt = at;
      const needed = this.#needed();
      const taken = Math.min(needed - this.#have, chunk.length - at);
      chunk.copy(this.#frame, this.#have, at, at + taken);
      this.#have += taken;
      at += taken;
      if (this.#have < needed || this.#needed() > this.#have) continue;
      const begun = Math.max(0, frameAt);
      const fault = this.#fault();
      if (fault !== null) {
        flush(begun);
        this.stop();
        return this.#sink.onFault(...fault);
      }
      if (this.#isControl()) {
        flush(begun);
        from = at;
        this.#tellControl();
        continue;
      }
      if (!this.#continues()) {
        // The message must not begin to pass before it may.
        flush(begun);
        from = begun;
        if (!this.#sink.onMessage()) {
          if (!this.#broken) this.#held = chunk.subarray(at);
          return;
        }
        if (this.#broken) return;
      }
      this.#beginPayload();
      if (this.#parts !== null) {
        this.#have = 0;
        if (!this.#mayGoOn(chunk, at)) return;
        continue;
      }
      if (frameAt === -1) {
        flush(begun);
        this.#sink.onData(Buffer.from(this.#frame.subarray(0, this.#have)), 0);
        from = at;
      }
      this.#have = 0;
    }
    if (this.#broken) return;
    flush(this.#have === 0 ? at : Math.max(0, frameAt));
  }

  /** Bytes of the frame's header, and of all of it for a control frame, as far as is known by now. */
  #needed(): number {
    if (this.#have < 2) return 2;
    const short = (this.#frame[1] as number) & 0x7f;
    const mask = ((this.#frame[1] as number) & 0x80) === 0 ? 0 : 4;
    if (this.#isControl()) return 2 + mask + Math.min(short, MAX_CONTROL);
    return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + mask;
  }

  #continues(): boolean {
    return ((this.#frame[0] as number) & 0x0f) === OPCODE.continuation;
  }

  #beginPayload(): void {
    this.#left = this.#payloadLength();
    this.#messageBytes = this.#continues() ? this.#messageBytes + this.#left : this.#left;
    this.#inMessage = ((this.#frame[0] as number) & 0x80) === 0;
    if (this.#parts === null) return;
    if (!this.#continues()) this.#opcode = (this.#frame[0] as number) & 0x0f;
    if (this.#masked) this.#frame.copy(this.#mask, 0, this.#have - 4, this.#have);
    this.#unmasked = 0;
  }

  #collect(parts: Buffer[], bytes: Buffer): void {
    if (!this.#masked) return void parts.push(Buffer.from(bytes));
    const clear = Buffer.allocUnsafe(bytes.length);
    let at = this.#unmasked;
    for (let i = 0; i < bytes.length; i++, at++) clear[i] = (bytes[i] as number) ^ (this.#mask[at & 3] as number);
    this.#unmasked = at;
    parts.push(clear);
  }

  /** Tells a message that is whole by now; false where what follows has to wait, or nothing follows. */
  #mayGoOn(chunk: Buffer, at: number): boolean {
    if (this.#parts === null || this.#left > 0 || this.#inMessage) return true;
    const payload = this.#parts.length === 1 ? (this.#parts[0] as Buffer) : Buffer.concat(this.#parts);
    this.#parts.length = 0;
    const goesOn = this.#sink.onWhole(this.#opcode, payload);
    if (this.#broken) return false;
    if (!goesOn) this.#held = chunk.subarray(at);
    return goesOn;
  }

  #isControl(): boolean {
    return ((this.#frame[0] as number) & 0x08) !== 0;
  }

  #payloadLength(): number {
    const short = (this.#frame[1] as number) & 0x7f;
    if (short === 126) return this.#frame.readUInt16BE(2);
    if (short < 126) return short;
    return this.#frame.readUInt32BE(2) * 2 ** 32 + this.#frame.readUInt32BE(6);
  }

  #fault(): [code: number, reason: string] | null {
    const [first = 0, second = 0] = this.#frame;
    const opcode = first & 0x0f;
    const short = second & 0x7f;
    if ((first & 0x70) !== 0) return [CLOSE.protocolError, 'reserved bits are set'];
    if (((second & 0x80) !== 0) !== this.#masked) return [CLOSE.protocolError, 'wrong masking'];
    if (opcode >= OPCODE.close) {
      const bad = opcode > OPCODE.pong || (first & 0x80) === 0 || short > MAX_CONTROL;
      return bad || (opcode === OPCODE.close && short === 1) ? [CLOSE.protocolError, 'bad control frame'] : null;
    }
    if (opcode > OPCODE.binary) return [CLOSE.protocolError, 'unknown frame'];
    if ((opcode === OPCODE.continuation) !== this.#inMessage) return [CLOSE.protocolError, 'frames out of order'];
    const length = this.#payloadLength();
    if ((short === 126 && length < 126) || (short === 127 && length < 65_536)) {
      return [CLOSE.protocolError, 'length not in its shortest form'];
    }
    const before = opcode === OPCODE.continuation ? this.#messageBytes : 0;
    return before + length > this.#maxMessageBytes ? [CLOSE.tooBig, 'message too big'] : null;
  }

  #tellControl(): void {
    const frame = Buffer.from(this.#frame.subarray(0, this.#have));
    this.#have = 0;
    const begin = 2 + (this.#masked ? 4 : 0);
    const payload = Buffer.from(frame.subarray(begin));
    if (this.#masked)
      for (let i = 0; i < payload.length; i++) payload[i] = (payload[i] as number) ^ (frame[2 + (i % 4)] as number);
    this.#sink.onControl((frame[0] as number) & 0x0f, payload, frame);
  }
}
