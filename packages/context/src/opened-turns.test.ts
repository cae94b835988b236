import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import { OpenedTurns } from './opened-turns.ts';
import { sealTurn } from './session.ts';
import type { HotTurn } from './store/session-store.ts';

const key = { bytes: Buffer.alloc(32, 3) };
const session = newId();

function hot(text: string, more: Partial<HotTurn> = {}, place = session): HotTurn {
  const id = more.id ?? newId();
  const messages = [{ role: 'user' as const, parts: [{ kind: 'text' as const, text }] }];
  const sealed = sealTurn(key, place, id, { model: null, dialect: 'openai_chat', messages, tokens: [5] });
  return { id, sequence: 1, revision: 0, state: 'complete', atMs: 0, sealed, ...more };
}

const textOf = (opened: OpenedTurns, turn: HotTurn): string =>
  JSON.stringify(opened.open(key, session, [turn])[0]?.messages);

it('opens a revision once, and a newer one again', () => {
  const opened = new OpenedTurns();
  const first = hot('first');
  expect(textOf(opened, first)).toContain('first');
  // What cannot be opened is not needed any more.
  expect(textOf(opened, { ...first, sealed: Buffer.alloc(40) })).toContain('first');
  expect(textOf(opened, hot('second', { id: first.id, revision: 1 }))).toContain('second');
});

it('CP-10.1: opens nothing that was sealed for another place', () => {
  expect(() => textOf(new OpenedTurns(), hot('x', {}, newId()))).toThrow();
});

it('holds no more than its bytes, the latest used longest, and nothing of a session that was deleted', () => {
  const turns = Array.from({ length: 10 }, (_, i) => hot(`turn ${i}`));
  const [one] = turns as [HotTurn];
  const opened = new OpenedTurns(one.sealed.length * 3);
  for (const turn of turns) {
    textOf(opened, turn);
    textOf(opened, one);
  }
  expect(opened.bytes).toBeLessThanOrEqual(one.sealed.length * 3);
  expect(textOf(opened, { ...one, sealed: Buffer.alloc(40) })).toContain('turn 0');
  opened.forget(session);
  expect(opened.bytes).toBe(0);
});
