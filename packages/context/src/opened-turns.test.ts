import { newId } from '@parley/kernel/id';
import { expect, it } from 'vitest';
import { OpenedTurns } from './opened-turns.ts';
import { sealTurn } from './session.ts';
import type { StoredTurn } from './store/session-store.ts';

const key = { bytes: Buffer.alloc(32, 3) };
const session = newId();

function stored(text: string, more: Partial<StoredTurn> = {}, place = session): StoredTurn {
  const id = more.id ?? newId();
  const messages = [{ role: 'user' as const, parts: [{ kind: 'text' as const, text }] }];
  const sealed = sealTurn(key, place, id, { model: null, dialect: 'openai_chat', messages, tokens: [5] });
  return { id, sequence: 1, revision: 0, state: 'complete', atMs: 0, sealed, ...more };
}

/** A store of these turns that notes which were asked for. */
function storeOf(...turns: readonly StoredTurn[]) {
  const asked: string[] = [];
  const said = (_session: string, heads: readonly { readonly id: string; readonly revision: number }[]) => {
    asked.push(...heads.map(({ id }) => id));
    const found = heads.map(({ id }) => turns.findLast((one) => one.id === id));
    return Promise.resolve(found.every((one) => one !== undefined) ? found : null);
  };
  return { asked, said };
}

async function textsOf(opened: OpenedTurns, turns: readonly StoredTurn[], store = storeOf(...turns), of = session) {
  return (await opened.open(key, of, turns, store))?.map(({ messages }) => {
    const [part] = messages[0]?.parts ?? [];
    return part?.kind === 'text' ? part.text : null;
  });
}

it('reads and opens a revision once, and a newer one again', async () => {
  const opened = new OpenedTurns();
  const [first, other] = [stored('first'), stored('other')];
  expect(await textsOf(opened, [first])).toEqual(['first']);
  const second = stored('second', { id: first.id, revision: 1 });
  const store = storeOf(first, other, second);
  expect(await textsOf(opened, [first, other], store)).toEqual(['first', 'other']);
  expect(store.asked).toEqual([other.id]);
  expect(await textsOf(opened, [second, other], store)).toEqual(['second', 'other']);
  expect(store.asked).toEqual([other.id, first.id]);
});

it('takes a turn that went on since it was read as it is now, and keeps it as such', async () => {
  const [opened, turn] = [new OpenedTurns(), stored('new', { revision: 3, state: 'open' })];
  const store = storeOf(turn);
  expect(await textsOf(opened, [{ ...turn, revision: 1 }], store)).toEqual(['new']);
  expect(await textsOf(opened, [turn], store)).toEqual(['new']);
  expect(store.asked).toEqual([turn.id]);
});

it('tells that a turn is gone', async () => {
  expect(await new OpenedTurns().open(key, session, [stored('x')], storeOf())).toBeNull();
});

it('CP-10.1: opens nothing that was sealed for another place', async () => {
  await expect(textsOf(new OpenedTurns(), [stored('x', {}, newId())])).rejects.toThrow();
});

it('holds no more than its bytes, sessions used last longest, and nothing of one that was deleted', async () => {
  const places = Array.from({ length: 10 }, () => newId());
  const turns = new Map(places.map((place) => [place, stored('turn', {}, place)]));
  const turnOf = (place: string): StoredTurn => turns.get(place) ?? stored('');
  const [one] = places as [string];
  const opened = new OpenedTurns(turnOf(one).sealed.length * 3);
  for (const place of places) {
    await textsOf(opened, [turnOf(place)], undefined, place);
    await textsOf(opened, [turnOf(one)], undefined, one);
  }
  expect(opened.bytes).toBe(turnOf(one).sealed.length * 3);
  const store = storeOf();
  expect(await textsOf(opened, [turnOf(one)], store, one)).toEqual(['turn']);
  for (const place of places) opened.forget(place);
  expect(opened.bytes).toBe(0);
  expect(await textsOf(opened, [turnOf(one)], store, one)).toBeUndefined();
  expect(store.asked).toEqual([turnOf(one).id]);
});
