import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeFrame, controlFrame, readClose, textFrame } from './control-frames.ts';
import { CLOSE, FrameReader, OPCODE } from './frames.ts';

/** A frame as RFC 6455 §5.2 has it, with any bits. */
function frame(first: number, payload: Buffer, masked: boolean, form?: 7 | 16 | 64): Buffer {
  const { length } = payload;
  const used = form ?? (length < 126 ? 7 : length < 65_536 ? 16 : 64);
  const head = Buffer.alloc(used === 7 ? 2 : used === 16 ? 4 : 10);
  head[0] = first;
  head[1] = (masked ? 0x80 : 0) | (used === 7 ? length : used === 16 ? 126 : 127);
  if (used === 16) head.writeUInt16BE(length, 2);
  if (used === 64) head.writeBigUInt64BE(BigInt(length), 2);
  const key = Buffer.from([1, 2, 3, 4]);
  return masked
    ? Buffer.concat([head, key, payload.map((byte, at) => byte ^ (key[at % 4] as number))])
    : Buffer.concat([head, payload]);
}

interface Heard {
  readonly passed: Buffer;
  readonly payloadBytes: number;
  readonly messages: number;
  readonly controls: string[];
  readonly fault: number | null;
  readonly midFrame: boolean;
}

function read(chunks: readonly Buffer[], masked: boolean, maxMessageBytes = 1 << 20, waits = false): Heard {
  const passed: Buffer[] = [];
  const controls: string[] = [];
  let payloadBytes = 0;
  let messages = 0;
  let fault: number | null = null;
  const reader = new FrameReader(masked, maxMessageBytes, {
    onMessage() {
      messages++;
      return !waits;
    },
    onData(bytes, count) {
      passed.push(Buffer.from(bytes));
      payloadBytes += count;
    },
    onWhole: () => {
      throw new Error('this reader puts nothing together');
    },
    onControl(opcode, payload, whole) {
      controls.push(`${opcode}:${payload.toString()}`);
      expect(whole.length).toBe(2 + (masked ? 4 : 0) + payload.length);
    },
    onFault(code) {
      fault = code;
    },
  });
  for (const chunk of chunks) {
    reader.push(chunk);
    if (waits) for (let i = 0; i < 20; i++) reader.proceed();
  }
  return { passed: Buffer.concat(passed), payloadBytes, messages, controls, fault, midFrame: reader.midFrame };
}

const cut = (bytes: Buffer, cuts: readonly number[]): Buffer[] => {
  const places = [...new Set(cuts.map((at) => at % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...places].map((from, i) => bytes.subarray(from, places[i] ?? bytes.length));
};

describe('frames', () => {
  it('pass unchanged however they are cut, without control frames, and are counted', () => {
    const kinds = fc.constantFrom<'text' | 'binary' | 'fragments' | 'ping'>('text', 'binary', 'fragments', 'ping');
    const message = fc.tuple(kinds, fc.constantFrom(0, 1, 5, 125, 126, 300, 65_535, 65_536, 70_000));
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 6 }),
        fc.array(fc.nat(200_000), { maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        (list, cuts, masked, waits) => {
          const data: Buffer[] = [];
          const all: Buffer[] = [];
          let payload = 0;
          let pings = 0;
          const add = (bytes: Buffer): void => {
            data.push(bytes);
            all.push(bytes);
          };
          for (const [kind, size] of list) {
            const body = Buffer.alloc(size, 'x');
            const ping = controlFrame(OPCODE.ping, Buffer.from('hi'), masked);
            if (kind === 'ping') all.push(ping);
            if (kind === 'text' || kind === 'binary') add(frame(0x80 | OPCODE[kind], body, masked));
            if (kind === 'fragments') {
              add(frame(OPCODE.text, body, masked));
              all.push(ping);
              add(frame(0x80, body, masked));
            }
            pings += kind === 'ping' || kind === 'fragments' ? 1 : 0;
            payload += kind === 'ping' ? 0 : kind === 'fragments' ? 2 * size : size;
          }
          const heard = read(cut(Buffer.concat(all), cuts), masked, 1 << 20, waits);
          expect(heard.fault).toBeNull();
          expect(heard.passed.equals(Buffer.concat(data))).toBe(true);
          expect(heard.payloadBytes).toBe(payload);
          expect(heard.messages).toBe(list.filter(([kind]) => kind !== 'ping').length);
          expect(heard.controls).toEqual(Array.from({ length: pings }, () => `${OPCODE.ping}:hi`));
          expect(heard.midFrame).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  const some = Buffer.from('abc');
  it.each<[string, number, Buffer, boolean]>([
    ['reserved bits', CLOSE.protocolError, frame(0xc1, some, true), true],
    ['no mask where one is due', CLOSE.protocolError, frame(0x81, some, false), true],
    ['a mask where none is allowed', CLOSE.protocolError, frame(0x81, some, true), false],
    ['an unknown data opcode', CLOSE.protocolError, frame(0x83, some, true), true],
    ['an unknown control opcode', CLOSE.protocolError, frame(0x8b, some, true), true],
    ['a control frame in fragments', CLOSE.protocolError, frame(0x09, some, true), true],
    ['a long control frame', CLOSE.protocolError, frame(0x89, Buffer.alloc(126), true), true],
    ['a close frame of one byte', CLOSE.protocolError, frame(0x88, Buffer.alloc(1), true), true],
    ['a continuation of nothing', CLOSE.protocolError, frame(0x80, some, true), true],
    [
      'a message within a message',
      CLOSE.protocolError,
      Buffer.concat([frame(1, some, true), frame(0x81, some, true)]),
      true,
    ],
    ['a length of 16 bits that needs 7', CLOSE.protocolError, frame(0x82, some, true, 16), true],
    ['a length of 64 bits that needs 16', CLOSE.protocolError, frame(0x82, Buffer.alloc(300), true, 64), true],
    ['a message too big', CLOSE.tooBig, frame(0x82, Buffer.alloc(1001), true), true],
    [
      'a message too big in parts',
      CLOSE.tooBig,
      Buffer.concat([frame(2, Buffer.alloc(600), true), frame(0x80, Buffer.alloc(600), true)]),
      true,
    ],
    [
      'the largest length there is',
      CLOSE.tooBig,
      Buffer.from([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0]),
      true,
    ],
  ])('end at %s, before it passes, however it is cut', (_what, code, bytes, masked) => {
    const good = frame(0x82, Buffer.from('good'), masked);
    for (const cuts of [
      [],
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
    ]) {
      const heard = read(cut(Buffer.concat([good, bytes, good]), cuts), masked, 1000);
      expect(heard.fault).toBe(code);
      expect(heard.passed.subarray(0, good.length).equals(good)).toBe(true);
      expect(heard.passed.includes(Buffer.from('good'), good.length)).toBe(false);
      expect(heard.midFrame).toBe(false);
    }
  });

  it('closes with a reason of at most 123 bytes, cut between characters', () => {
    const written = closeFrame(1008, '’'.repeat(100), false);
    expect(written.length).toBe(2 + 2 + 123);
    expect(readClose(written.subarray(2))).toEqual({ code: 1008, reason: '’'.repeat(41) });
    expect(readClose(Buffer.alloc(0)).code).toBe(1005);
  });
});

describe('messages put together', () => {
  function whole(bytes: Buffer, cuts: readonly number[], masked: boolean, waits: boolean): [string[], number | null] {
    const messages: string[] = [];
    let fault: number | null = null;
    const reader = new FrameReader(
      masked,
      50_000,
      {
        onMessage: () => true,
        onData: () => {
          throw new Error('nothing passes by itself');
        },
        onWhole(opcode, payload) {
          messages.push(`${opcode}:${payload.toString()}`);
          return !waits;
        },
        onControl: (opcode, payload) => void messages.push(`${opcode}:${payload.toString()}`),
        onFault: (code) => {
          fault = code;
        },
      },
      true,
    );
    for (const chunk of cut(bytes, cuts)) {
      reader.push(chunk);
      for (let i = 0; i < 20; i++) reader.proceed();
      expect(reader.midFrame).toBe(false);
    }
    return [messages, fault];
  }

  it('are what was sent, however they are cut, in fragments too, and while each has to wait', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constant('long '.repeat(8000)),
      fc.constant(''),
    );
    const sent = fc.array(fc.record({ text, form: fc.constantFrom('frame', 'fragments', 'ping') }), { maxLength: 6 });
    fc.assert(
      fc.property(
        sent,
        fc.array(fc.nat(), { maxLength: 12 }),
        fc.boolean(),
        fc.boolean(),
        (messages, cuts, masked, waits) => {
          const expected: string[] = [];
          const frames = messages.flatMap(({ text, form }) => {
            const payload = Buffer.from(text);
            if (form === 'ping') {
              expected.push(`9:${payload.subarray(0, 9).toString()}`);
              return [controlFrame(OPCODE.ping, payload.subarray(0, 9), masked)];
            }
            expected.push(`1:${payload.toString()}`);
            if (form === 'frame') return [textFrame(text, masked)];
            const half = Math.floor(payload.length / 2);
            return [frame(1, payload.subarray(0, half), masked), frame(0x80, payload.subarray(half), masked)];
          });
          expect(whole(Buffer.concat(frames), cuts, masked, waits)).toEqual([expected, null]);
        },
      ),
    );
  });

  it('are refused beyond their bound before they are kept', () => {
    expect(whole(textFrame('x'.repeat(50_001), true), [], true, false)).toEqual([[], CLOSE.tooBig]);
  });
});
