import { memory } from '@parley/testkit/simulator/core/summarising';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FACTS } from '../test/facts.ts';
import { asTurn, longTalk, TALK_TURNS } from '../test/long-talk.ts';
import { askedAfter, recallOf, rolledUp } from '../test/recall.ts';
import type { Assembled } from './assemble.ts';
import type { SessionTurn } from './session.ts';
import { STRATEGY_NAMES } from './strategies/table.ts';
import { covered, type Summary } from './summary.ts';
import { spokenText } from './words.ts';

/** 500 turns with tools and pictures, through each strategy, on a model with a small window. */
let talk: SessionTurn[];
beforeAll(() => {
  talk = longTalk();
});

const SMALL = 4000;
const LOSSY = STRATEGY_NAMES.filter((name) => name !== 'none');
const summaryUpTo = (turns: readonly SessionTurn[], to: number): Summary => ({
  text: 'They spoke of many things. '.repeat(20),
  covers: covered(turns, to),
  model: 'm',
  requestId: '',
  inputTokens: 0,
  outputTokens: 0,
  costNano: '0',
  currency: 'USD',
  atMs: 0,
});
const said = ({ history }: Assembled): string => history.map(spokenText).join('\n');

/** Every call has its result further on, and every result its call before it. */
function expectPairs({ history }: Assembled): void {
  const open = new Set<string>();
  for (const part of history.flatMap(({ parts }) => parts)) {
    if (part.kind === 'tool_call') open.add(part.id);
    if (part.kind === 'tool_result') expect(open.delete(part.callId)).toBe(true);
  }
  expect([...open]).toEqual([]);
}

describe('CP-6.5 a long talk', () => {
  it('has tools, pictures and every fact once', () => {
    const kinds = new Set(
      talk.flatMap(({ messages }) => messages.flatMap(({ parts }) => parts.map(({ kind }) => kind))),
    );
    expect(kinds).toEqual(new Set(['text', 'image', 'tool_call', 'tool_result']));
    const texts = talk.flatMap(({ messages }) => messages.map(spokenText));
    for (const { answer } of FACTS)
      expect(
        texts.filter((text) => text.includes(answer)),
        answer,
      ).toHaveLength(1);
  });

  it('none refuses it, all others never send more than the window, with pairs whole and in order', () => {
    expect(() => askedAfter(talk, 'and now?', { strategy: 'none', window: SMALL })).toThrow('does not fit');
    fc.assert(
      fc.property(
        fc.constantFrom(...LOSSY),
        fc.integer({ min: 4000, max: 12_000 }),
        fc.integer({ min: 1, max: TALK_TURNS }),
        fc.constantFrom(...FACTS.map(({ asked }) => asked), 'and now?', ''),
        fc.uniqueArray(fc.nat(TALK_TURNS - 1), { maxLength: 2 }),
        fc.nat(TALK_TURNS),
        (strategy, window, turns, asked, pins, summed) => {
          const held = talk.slice(0, turns);
          const summary = summed === 0 ? null : summaryUpTo(held, summed);
          const pinned = pins.flatMap((n) => held[n]?.id ?? []);
          const made = askedAfter(held, asked, { strategy, window, summary, settings: { pinned } });
          expect(made.tokens).toBeLessThanOrEqual(window - 500);
          expectPairs(made);
          const unpinned = made.manifest.filter(({ sent, turn }) => sent && !pinned.includes(turn));
          const places = unpinned.map(({ sequence, message }) => sequence * 100 + message);
          expect(places).toEqual([...places].sort((a, b) => a - b));
          for (const id of pinned) {
            expect(
              made.manifest.filter(({ turn }) => turn === id).every(({ sent, why }) => sent && why === 'pinned'),
            ).toBe(true);
          }
          expect(made.manifest).toHaveLength(held.flatMap(({ messages }) => messages).length);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is the same for the same, also when its words are known already', () => {
    for (const strategy of LOSSY) {
      const asked = FACTS[0]?.asked ?? '';
      expect(askedAfter(longTalk(), asked, { strategy, window: SMALL })).toEqual(
        askedAfter(talk, asked, { strategy, window: SMALL }),
      );
    }
  });

  it.each(LOSSY)('%s keeps what was said last', (strategy) => {
    const made = askedAfter(talk, 'and now?', { strategy, window: SMALL });
    const last = made.manifest.filter(({ sequence }) => sequence === TALK_TURNS);
    expect(last.every(({ sent, why }) => sent && why === 'recent')).toBe(true);
  });

  it.each(LOSSY)('%s sends everything where there is room', (strategy) => {
    const { history, notes } = askedAfter(talk.slice(0, 10), 'and now?', { strategy, window: SMALL * 10 });
    expect(history).toHaveLength(talk.slice(0, 10).flatMap(({ messages }) => messages).length);
    expect(notes).toEqual([]);
  });
});

describe('CP-6.5 relevance', () => {
  it('finds the turn that shares the rarest words with the question, and says so', () => {
    const made = askedAfter(talk, 'What is the alarm code of the warehouse door?', {
      strategy: 'relevance',
      window: SMALL,
    });
    expect(said(made)).toContain('58213');
    expect(made.manifest.find(({ why }) => why === 'relevant')).toMatchObject({ sent: true });
  });

  it('goes by what the user said last where the request holds only results of tools', () => {
    const turns = [
      ...talk,
      asTurn(501, [
        { role: 'user', parts: [{ kind: 'text', text: 'Find the alarm code of the warehouse door.' }] },
        { role: 'assistant', parts: [{ kind: 'tool_call', id: 'now', name: 'look', arguments: '{}' }] },
      ]),
    ];
    const result = { kind: 'tool_result', callId: 'now', parts: [{ kind: 'text', text: 'nothing' }] } as const;
    const request = [{ role: 'user', parts: [result] }] as const;
    expect(said(askedAfter(turns, '', { strategy: 'relevance', window: SMALL, request }))).toContain('58213');
  });
});

describe('CP-6.5 hierarchical', () => {
  it('tells what earlier topics began with, as something said, never as an instruction', () => {
    const { notes, history, instructions, budget } = askedAfter(talk, 'and now?', {
      strategy: 'hierarchical',
      window: SMALL,
    });
    expect(notes).toMatchObject([{ kind: 'outline' }]);
    expect(notes[0]?.text).toMatch(/^\[Written by the gateway.*\n- turns \d+ to \d+: "/);
    expect(notes[0]?.tokens).toBeLessThanOrEqual(budget / 10);
    expect(history[0]).toEqual({ role: 'user', parts: [{ kind: 'text', text: notes[0]?.text }] });
    expect(instructions).toEqual([]);
  });

  it('sends what was said around a turn that answers', () => {
    const { manifest } = askedAfter(talk, 'Who is our landlord?', { strategy: 'hierarchical', window: SMALL });
    const old = new Set(manifest.filter(({ why }) => why === 'topic').map(({ sequence }) => sequence));
    expect([...old].some((sequence) => old.has(sequence + 1))).toBe(true);
  });
});

describe('CP-12 measured: facts told early, asked for after 500 turns', () => {
  it.each(['truncate', 'sliding'] as const)('%s has forgotten them', (strategy) => {
    expect(recallOf(talk, strategy, 8000).found.all).toBe(0);
  });

  it('summarise has what its summaries keep: here sentences picked by a program, not a model’s', () => {
    const make = (question: string): string => memory(question) ?? '';
    const { summary, made } = rolledUp(talk, 8000, { make, tokens: 1000 });
    const { found, tokens, allTokens } = recallOf(talk, 'summarise', 8000, { summary });
    expect(found.all).toBeGreaterThanOrEqual(0.8);
    expect(tokens).toBeLessThan(allTokens / 10);
    // Rolling: a summary covers many turns, and takes the one before in.
    expect(made).toBeGreaterThan(5);
    expect(made).toBeLessThan(TALK_TURNS / 5);
    expect(summary?.covers).toMatchObject({ from: 1, turns: summary?.covers.to });
    // Without one it does as sliding does, and says so.
    const without = askedAfter(talk, 'and now?', { strategy: 'summarise', window: 8000 });
    expect(without.fellBack).toBe('sliding');
    expect(recallOf(talk, 'summarise', 8000).found.all).toBe(0);
  });

  it.each(['relevance', 'hierarchical'] as const)('%s has those whose words the question shares', (strategy) => {
    const { found, tokens, allTokens } = recallOf(talk, strategy, 8000);
    expect(found.same).toBeGreaterThanOrEqual(0.9);
    expect(found.near).toBeGreaterThanOrEqual(0.8);
    // Said in other words, it is not found: that is the limit of ranking by words.
    expect(found.other).toBeLessThan(0.5);
    expect(tokens).toBeLessThan(allTokens / 10);
  });
});
