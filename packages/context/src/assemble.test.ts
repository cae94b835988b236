import { newId } from '@parley/kernel/id';
import type { Turn as Message } from '@parley/llm/neutral/call';
import { estimateTurnTokens } from '@parley/llm/neutral/estimate';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Assembled, type AssemblyInput, assemble, inputBudget, type Overflow } from './assemble.ts';
import { type SessionTurn, settingsSchema, type TurnState } from './session.ts';

const user = (text: string): Message => ({ role: 'user', parts: [{ kind: 'text', text }] });
const said = (text: string): Message => ({ role: 'assistant', parts: [{ kind: 'text', text }] });
const calls = (...ids: string[]): Message => ({
  role: 'assistant',
  parts: ids.map((id) => ({ kind: 'tool_call', id, name: 'look', arguments: '{}' })),
});
const results = (...ids: string[]): Message => ({
  role: 'user',
  parts: ids.map((callId) => ({ kind: 'tool_result', callId, parts: [{ kind: 'text', text: `of ${callId}` }] })),
});

function turn(sequence: number, messages: readonly Message[], state: TurnState = 'complete'): SessionTurn {
  const tokens = messages.map(estimateTurnTokens);
  return { id: newId(), sequence, state, atMs: 0, model: null, dialect: 'openai_chat', messages, tokens };
}

type Given = Partial<Omit<AssemblyInput, 'settings'>> & { settings?: object };

function input(turns: readonly SessionTurn[], more: Given = {}): AssemblyInput {
  const request = more.request ?? [user('and now?')];
  return {
    turns,
    requestTokens: request.reduce((sum, message) => sum + estimateTurnTokens(message), 3),
    window: 100_000,
    maxOutputTokens: 100,
    modelMaxOutputTokens: null,
    exact: true,
    ...more,
    request,
    settings: settingsSchema.parse(more.settings ?? {}),
  };
}

function fits(outcome: Assembled | Overflow): Assembled {
  if ('overflow' in outcome) throw new Error(`overflow: ${outcome.tokens} > ${outcome.budget}`);
  return outcome;
}

const texts = (messages: readonly Message[]): string[] =>
  messages.flatMap(({ parts }) => parts.map((part) => (part.kind === 'text' ? part.text : part.kind)));

const long = (n: number): SessionTurn[] =>
  Array.from({ length: n }, (_, i) =>
    turn(i + 1, [user(`question ${i} ${'a word '.repeat(30)}`), said(`answer ${i}`)]),
  );

describe('CP-6.1 order', () => {
  it('puts instructions first, then pinned turns, then the others in their order', () => {
    const turns = [turn(1, [user('one')]), turn(2, [user('two')]), turn(3, [user('three')])];
    const settings = { system: 'S', persona: 'P', pinned: [turns[1]?.id] };
    const { instructions, history } = fits(assemble(input(turns, { settings })));
    expect(instructions).toEqual(['S', 'P']);
    expect(texts(history)).toEqual(['two', 'one', 'three']);
  });
});

describe('CP-6.2 and CP-6.3 budget', () => {
  it('is the smaller of the token budget and the window without reserve and margin', () => {
    const of = (more: Given): number => inputBudget(input([], more));
    expect(of({ window: 1000, maxOutputTokens: 300 })).toBe(700);
    expect(of({ window: 1000, maxOutputTokens: 300, exact: false })).toBe(600);
    expect(of({ window: 1000, maxOutputTokens: null, settings: { output_reserve: 400 } })).toBe(600);
    expect(of({ window: 1000, maxOutputTokens: null, modelMaxOutputTokens: 900 })).toBe(750);
    expect(of({ window: 1000, maxOutputTokens: null, modelMaxOutputTokens: 90 })).toBe(910);
    expect(of({ window: 1000, maxOutputTokens: 1, settings: { token_budget: 123 } })).toBe(123);
    expect(of({ window: 100, maxOutputTokens: 500 })).toBe(0);
  });
});

describe('CP-6.4 what is always sent', () => {
  it('refuses where instructions, pinned turns and the request do not fit', () => {
    const turns = long(3);
    const pinned = turns.map(({ id }) => id);
    expect(assemble(input(turns, { window: 200, settings: { pinned } }))).toMatchObject({
      overflow: true,
      budget: 100,
    });
    expect(assemble(input([], { window: 200, settings: { system: 'long '.repeat(200) } }))).toMatchObject({
      overflow: true,
    });
  });

  it('sends the call that the request answers, however little room there is', () => {
    const turns = [...long(20), turn(21, [user('look it up'), calls('a')])];
    const given = input(turns, { window: 400, request: [results('a')] });
    const { history, manifest } = fits(assemble(given));
    expect(history.at(-1)?.parts[0]?.kind).toBe('tool_call');
    expect(manifest.at(-1)).toMatchObject({ sent: true, why: 'answered_by_request' });
  });
});

describe('CP-6.5 strategies', () => {
  it('none sends everything or refuses', () => {
    expect(fits(assemble(input(long(5), { settings: { strategy: 'none' } }))).history).toHaveLength(10);
    expect(assemble(input(long(50), { window: 500, settings: { strategy: 'none' } }))).toMatchObject({
      overflow: true,
    });
  });

  it('truncate sends as many of the newest as fit', () => {
    const { history, tokens, budget } = fits(
      assemble(input(long(50), { window: 1000, settings: { strategy: 'truncate' } })),
    );
    expect(texts(history).at(-1)).toBe('answer 49');
    expect(budget - tokens).toBeLessThan(60);
  });

  it('sliding begins at the same place for many calls', () => {
    const turns = long(60);
    const begin = (count: number, strategy: string): string | undefined =>
      texts(fits(assemble(input(turns.slice(0, count), { window: 1200, settings: { strategy } }))).history)[0];
    const counts = Array.from({ length: 30 }, (_, i) => 30 + i);
    const places = (strategy: string): number => new Set(counts.map((count) => begin(count, strategy))).size;
    expect(places('truncate')).toBeGreaterThan(20);
    expect(places('sliding')).toBeLessThan(10);
  });
});

describe('CP-6.6 tools', () => {
  it('leaves out calls nobody answered and results nobody asked for, and keeps what was said beside them', () => {
    const turns = [
      turn(1, [user('q'), { role: 'assistant', parts: [...said('I look').parts, ...calls('lost').parts] }], 'cut'),
      turn(2, [results('stranger'), user('hm')]),
      turn(3, [calls('x'), results('x'), said('found')]),
    ];
    const { history, manifest } = fits(assemble(input(turns)));
    expect(texts(history)).toEqual(['q', 'I look', 'hm', 'tool_call', 'tool_result', 'found']);
    expect(manifest.find(({ why }) => why === 'stray_tool_part')).toMatchObject({
      sequence: 2,
      message: 0,
      sent: false,
    });
  });
});

it('CP-6.7 open turns are not sent', () => {
  const turns = [turn(1, [user('one')]), turn(2, [user('being answered')], 'open'), turn(3, [user('three')])];
  const { history, manifest } = fits(assemble(input(turns)));
  expect(texts(history)).toEqual(['one', 'three']);
  expect(manifest[1]).toMatchObject({ sequence: 2, sent: false, why: 'open' });
});

/** Conversations of texts, tool calls whose results come in the next turn or not at all, and media. */
const piece = fc.oneof(
  fc.record({ kind: fc.constant('text' as const), words: fc.integer({ min: 0, max: 60 }) }),
  fc.record({
    kind: fc.constant('tools' as const),
    ids: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 3 }),
    answered: fc.boolean(),
  }),
);
const conversation = fc.array(piece, { maxLength: 40 }).map((pieces) =>
  pieces.flatMap((one, i) => {
    if (one.kind === 'text') return [turn(3 * i, [user('w '.repeat(one.words)), said(`answer ${i}`)])];
    const asked = turn(3 * i, [user('go'), calls(...one.ids)]);
    return one.answered ? [asked, turn(3 * i + 1, [results(...one.ids), said('so')])] : [asked];
  }),
);

describe('properties', () => {
  const everything = fc.record({
    turns: conversation,
    window: fc.integer({ min: 50, max: 3000 }),
    strategy: fc.constantFrom('none', 'truncate', 'sliding'),
    budget: fc.option(fc.integer({ min: 20, max: 2000 })),
    pins: fc.array(fc.nat(), { maxLength: 4 }),
    exact: fc.boolean(),
  });

  it('CP-6.2, CP-6.6, CP-6.8: never over the budget, pairs whole, order kept, the same for the same', () => {
    fc.assert(
      fc.property(everything, ({ turns, window, strategy, budget, pins, exact }) => {
        const pinned = [
          ...new Set(pins.map((n) => turns[n % Math.max(1, turns.length)]?.id).filter((id) => id !== undefined)),
        ];
        const given = input(turns, { window, exact, settings: { strategy, token_budget: budget, pinned } });
        const outcome = assemble(given);
        expect(assemble(given)).toEqual(outcome);
        if ('overflow' in outcome) {
          expect(outcome.tokens).toBeGreaterThan(outcome.budget);
          return;
        }
        const { history, manifest, tokens } = outcome;
        const counted = history.reduce((sum, message) => sum + estimateTurnTokens(message), given.requestTokens);
        expect(tokens).toBe(counted);
        expect(tokens).toBeLessThanOrEqual(outcome.budget);
        expect(outcome.budget).toBeLessThanOrEqual(Math.min(window, budget ?? window));
        const open: string[] = [];
        for (const part of history.flatMap(({ parts }) => parts)) {
          if (part.kind === 'tool_call') open.push(part.id);
          if (part.kind === 'tool_result') expect(open.splice(open.indexOf(part.callId), 1)).toEqual([part.callId]);
        }
        expect(open).toEqual([]);
        expect(manifest).toHaveLength(turns.flatMap(({ messages }) => messages).length);
        // What is left out for want of room is older than all that is sent for being recent.
        const recent = manifest.filter(({ why }) => why === 'recent').map(({ sequence }) => sequence);
        const left = manifest.filter(({ why }) => why === 'budget').map(({ sequence }) => sequence);
        if (recent.length > 0 && left.length > 0) expect(Math.max(...left)).toBeLessThanOrEqual(Math.min(...recent));
        expect(recent).toEqual([...recent].sort((a, b) => a - b));
        for (const id of pinned) {
          for (const entry of manifest)
            if (entry.turn === id && entry.why !== 'stray_tool_part') expect(entry.sent).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});
