import { questionTerms, termsOf } from '@parley/llm/meaning/terms';
import { describe, expect, it } from 'vitest';
import { Bm25Index } from './bm25.ts';
import { CollectionIndex, type Passage } from './collection-index.ts';
import { fused } from './fusion.ts';
import { offlineVector } from './offline.ts';
import { ExactVectorIndex } from './vector-index.ts';

const passage = (text: string, metadata: Record<string, string> = {}): Passage => ({ text, headings: [], metadata });
const passages = [
  passage('The ferry to Skarrow leaves at noon.', { port: 'east', year: '2026' }),
  passage('Bicycles cost three euros on the ferry.', { port: 'west' }),
  passage('Dogs are welcome on the open decks.', { port: 'east' }),
];
const index = new CollectionIndex<Passage>(1024, 10);
for (const each of passages) index.add(each, offlineVector(each.text));
const ask = (text: string, more = {}) =>
  index
    .search({ text, vector: offlineVector(text), mode: 'hybrid', most: 3, ...more })
    .map((hit) => passages.indexOf(hit.passage));

describe('a collection', () => {
  it('finds by words, by pieces of words, and by both', () => {
    expect(ask('What does a bicycle cost?', { mode: 'lexical' })[0]).toBe(1);
    expect(ask('bycicle', { mode: 'lexical' })).toEqual([]);
    expect(ask('bycicle', { mode: 'vector' })[0]).toBe(1);
    expect(ask('bycicle')[0]).toBe(1);
    expect(ask('')).toEqual([]);
  });

  it('finds nothing that a filter leaves out', () => {
    expect(ask('ferry', { filter: { port: 'east' } })).toEqual([0]);
    expect(ask('ferry', { filter: { port: ['east', 'west'] } }).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(ask('ferry', { filter: { year: '2025' } })).toEqual([]);
    expect(ask('ferry', { filter: { constructor: 'x' } })).toEqual([]);
  });

  it('finds a passage without a vector by its words, and in no other way', () => {
    const mixed = new CollectionIndex<Passage>(1024, 10);
    for (const [at, each] of passages.entries()) mixed.add(each, at === 1 ? null : offlineVector(each.text));
    const question = { text: 'bicycles', vector: offlineVector('bicycles'), most: 5 };
    expect(mixed.search({ ...question, mode: 'hybrid' })[0]?.passage).toBe(passages[1]);
    expect(mixed.search({ ...question, mode: 'vector' }).map(({ passage }) => passage)).not.toContain(passages[1]);
  });

  it('without vectors searches by words, and by vectors finds nothing', () => {
    const plain = new CollectionIndex<Passage>(null, 10);
    for (const each of passages) plain.add(each, null);
    const question = { text: 'ferry', vector: null, most: 5 };
    expect(plain.search({ ...question, mode: 'hybrid' })).toHaveLength(2);
    expect(plain.search({ ...question, mode: 'vector' })).toEqual([]);
    expect(new CollectionIndex(null, 0).search({ ...question, mode: 'hybrid' })).toEqual([]);
  });
});

describe('BM25', () => {
  it('holds rare words above common ones, and length against a passage', () => {
    const words = new Bm25Index();
    for (const text of ['boat boat boat', 'boat anchor', 'boat anchor and a great many other things besides', 'boat'])
      words.add(text);
    expect(words.search('anchor of the boat', 4).map(({ at }) => at)).toEqual([1, 2, 0, 3]);
    expect(words.search('anchor', 1)).toHaveLength(1);
  });

  it('finds text without spaces by neighbouring characters', () => {
    const words = new Bm25Index();
    for (const text of ['東京都の天気', '京都の寺']) words.add(text);
    expect(words.search('京都', 2)[0]?.at).toBe(1);
    expect(termsOf('京都')).toEqual(['京', '京都', '都']);
    expect(questionTerms('What is it?')).toEqual(['what', 'is', 'it']);
  });
});

describe('vectors', () => {
  it('are compared by direction alone, across blocks', () => {
    const vectors = new ExactVectorIndex(2, 3000);
    for (let at = 0; at < 3000; at++) vectors.add(Float32Array.of(Math.cos(at / 1000), Math.sin(at / 1000) * 1));
    expect(vectors.search(Float32Array.of(0, 9), 1)[0]).toMatchObject({ at: 1571 });
    expect(vectors.search(Float32Array.of(0, 9), 2, (at) => at < 1000).map(({ at }) => at)).toEqual([999, 998]);
    expect(vectors.size).toBe(3000);
    expect(() => vectors.add(Float32Array.of(1, 2))).toThrow(RangeError);
    expect(() => new ExactVectorIndex(2, 1).add(Float32Array.of(1))).toThrow(RangeError);
  });
});

describe('fusion', () => {
  it('puts first what stands high in both lists, whatever the scores', () => {
    const lists = [[7, 1, 2].map((at) => ({ at, score: 1000 })), [2, 1].map((at) => ({ at, score: 0.1 }))];
    expect(fused(lists, 5).map(({ at }) => at)).toEqual([2, 1, 7]);
    expect(fused(lists, 1)).toHaveLength(1);
  });
});
