import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { refusal } from '../refusals.ts';
import type { Relay } from '../stages/relay.ts';
import { HeldAnswer, type Holding } from './held-answer.ts';

type Heard = { status: number; headers: IncomingHttpHeaders; body: string; ended: boolean; bug: unknown };

/** The next relay, which notes what it is told. */
function listening(): Heard & Relay {
  const heard = { status: 0, headers: {}, body: '', ended: false, bug: null as unknown };
  return Object.assign(heard, {
    onHead(status: number, headers: IncomingHttpHeaders) {
      Object.assign(heard, { status, headers });
    },
    onData(chunk: Buffer) {
      heard.body += chunk.toString();
    },
    onEnd() {
      heard.ended = true;
    },
    onFail() {},
    onBug(error: unknown) {
      heard.bug = error;
    },
    noteUsage() {},
    brokenText: () => null,
  });
}

/** A call of nobody we know, and what it is answered in the end. */
function callOf(method = 'GET') {
  const answered: { status: number; body: string } = { status: 0, body: '' };
  const response = {
    writeHead: (status: number) => Object.assign(answered, { status }),
    end: (body?: string | Buffer) => Object.assign(answered, { body: String(body ?? '') }),
  };
  const request = { method, url: '/', headers: {}, complete: true } as IncomingMessage;
  return { exchange: new Exchange(newId(), 0, request, response as unknown as ServerResponse, false), answered };
}

const ports = { life: { draining: false }, portalUrl: 'https://portal.example.com' } as unknown as Ports;
const upper: Holding = {
  maxBytes: 10,
  holds: (status) => status === 200,
  map: ({ status, headers, body }) => ({ status, headers, body: Buffer.from(body.toString().toUpperCase()) }),
};
const play = (relay: Relay, status: number, ...pieces: string[]) => {
  relay.onHead(status, { 'content-type': 'text/plain', 'content-length': '99' });
  for (const piece of pieces) relay.onData(Buffer.from(piece));
  relay.onEnd();
};

it('hands on what a whole answer is made into, with the length that has', () => {
  const next = listening();
  play(new HeldAnswer(next, callOf().exchange, ports, upper), 200, 'ab', 'c');
  expect(next).toMatchObject({ status: 200, body: 'ABC', ended: true, headers: { 'content-length': '3' } });
});

it('lets pass what is not held, piece by piece', () => {
  const next = listening();
  const relay = new HeldAnswer(next, callOf().exchange, ports, upper);
  relay.onHead(404, {});
  relay.onData(Buffer.from('no'));
  expect(next).toMatchObject({ status: 404, body: 'no', ended: false });
});

it('waits for mappings that take their time, and drops what they yield once the call has ended', async () => {
  let finish: (() => void) | null = null;
  const late: Holding = {
    ...upper,
    map: (answer) =>
      new Promise((resolve) => {
        finish = () => resolve(answer);
      }),
  };
  const next = listening();
  const { exchange } = callOf();
  play(new HeldAnswer(next, exchange, ports, late), 200, 'x');
  expect(next.ended).toBe(false);
  exchange.settled = true;
  finish!();
  await new Promise(setImmediate);
  expect(next.ended).toBe(false);
});

it('says nothing of a body to HEAD', () => {
  const next = listening();
  play(new HeldAnswer(next, callOf('HEAD').exchange, ports, upper), 200);
  expect(next).toMatchObject({ status: 200, body: '', ended: true });
});

it.each([
  ['answer_too_large', upper, 'more than ten bytes'],
  ['answer_unreadable', { ...upper, map: () => refusal('answer_unreadable') }, 'x'],
] as const)('refuses with %s, and nothing of the answer reaches the caller', (code, holding, text) => {
  const next = listening();
  const { exchange, answered } = callOf();
  play(new HeldAnswer(next, exchange, ports, holding), 200, text);
  expect(next).toMatchObject({ status: 0, body: '', ended: false });
  expect(answered.status).toBe(502);
  expect(JSON.parse(answered.body)).toMatchObject({ code });
});

it('hands on what is fetched behind an answer that was given already', () => {
  const next = listening();
  const { exchange } = callOf();
  exchange.settled = true;
  play(new HeldAnswer(next, exchange, ports, upper), 200, 'abc');
  expect(next).toMatchObject({ status: 200, body: 'ABC', ended: true });
});

it('tells the next relay that nothing comes when it refuses, so that nobody waits for it', () => {
  const next = listening();
  let told = 0;
  next.noteUsage = () => {
    told++;
  };
  play(new HeldAnswer(next, callOf().exchange, ports, { ...upper, map: () => refusal('answer_unreadable') }), 200, 'x');
  expect(told).toBe(1);
});

it('tells of a mapping that fails as a bug', async () => {
  const next = listening();
  const failing: Holding = { ...upper, map: () => Promise.reject(new Error('oops')) };
  play(new HeldAnswer(next, callOf().exchange, ports, failing), 200, 'x');
  await new Promise(setImmediate);
  expect(next.bug).toMatchObject({ message: 'oops' });
});
