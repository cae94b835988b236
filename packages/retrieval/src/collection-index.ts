import type { Scored } from './best.ts';
import { Bm25Index } from './bm25.ts';
import { type Filter, fits, type Metadata } from './filter.ts';
import { fused } from './fusion.ts';
import { ExactVectorIndex, type VectorIndex } from './vector-index.ts';

/** How passages are looked for: by words, by vectors, or by both. */
export type Mode = 'lexical' | 'vector' | 'hybrid';

/** What an index holds of a passage. */
export interface Passage {
  readonly text: string;
  readonly headings: readonly string[];
  readonly metadata: Metadata;
}

export interface Question {
  readonly text: string;
  /** Of the embedding that made the passages' vectors; asked for by `vector` and `hybrid`. */
  readonly vector: Float32Array | null;
  readonly mode: Mode;
  readonly most: number;
  readonly filter?: Filter;
}

export interface Hit<P extends Passage> {
  readonly passage: P;
  /** Comparable within one answer only: BM25, cosine, or the sum of reciprocal ranks. */
  readonly score: number;
}

/** Looked at of each list before they become one: enough that what both know is among them. */
const DEPTH = 50;

/** What a passage is found by: its headings say what it is about, often in words it does not repeat. */
export function indexedText({ headings, text }: Pick<Passage, 'headings' | 'text'>): string {
  return [...headings, text].join('\n');
}

/** Everything one collection is searched by, in memory. Passages are added; where one goes, another index is made. */
export class CollectionIndex<P extends Passage> {
  readonly #passages: P[] = [];
  readonly #lexical = new Bm25Index();
  readonly #vectors: VectorIndex | null;
  readonly #none: Float32Array;

  /** `dimensions` of the passages' vectors; `null` where only words are searched. */
  constructor(dimensions: number | null, mostPassages: number) {
    this.#vectors = dimensions === null ? null : new ExactVectorIndex(dimensions, mostPassages);
    this.#none = new Float32Array(dimensions ?? 0);
  }

  /** Adds a passage; one without a vector is found by its words only. Throws a `RangeError` for a vector of another length. */
  add(passage: P, vector: Float32Array | null): void {
    this.#vectors?.add(vector ?? this.#none);
    this.#passages.push(passage);
    this.#lexical.add(indexedText(passage));
  }

  get size(): number {
    return this.#passages.length;
  }

  /** The passages that answer best, best first. `hybrid` without vectors is `lexical`; `vector` without them finds nothing. */
  search(question: Question): Hit<P>[] {
    const { mode, most, filter } = question;
    const depth = mode === 'hybrid' ? Math.max(DEPTH, most) : most;
    const lexical = mode === 'vector' ? null : this.#byWords(question, depth, filter);
    const near = mode === 'lexical' ? null : this.#byVector(question, depth, filter);
    const lists = [lexical, near].filter((list) => list !== null);
    const found = lists.length === 1 ? (lists[0] ?? []) : fused(lists, most);
    return found.map(({ at, score }) => ({ passage: this.#passages[at] as P, score }));
  }

  #byWords({ text }: Question, most: number, filter: Filter | undefined): readonly Scored[] {
    return this.#lexical.search(text, most, this.#allowed(filter));
  }

  #byVector({ vector, mode }: Question, most: number, filter: Filter | undefined): readonly Scored[] | null {
    if (vector === null || this.#vectors === null) return mode === 'vector' ? [] : null;
    return this.#vectors.size === 0 ? [] : this.#vectors.search(vector, most, this.#allowed(filter));
  }

  #allowed(filter: Filter | undefined): (at: number) => boolean {
    if (filter === undefined) return () => true;
    return (at) => fits(this.#passages[at]?.metadata ?? {}, filter);
  }
}
