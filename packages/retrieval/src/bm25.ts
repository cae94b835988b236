import { questionTerms, termsOf } from '@parley/llm/meaning/terms';
import { Best, type Scored } from './best.ts';

/** Robertson and Zaragoza's usual values: how soon a repeated word adds little, how much a long passage is held against it. */
const K1 = 1.2;
const B = 0.75;

interface Postings {
  readonly places: number[];
  readonly counts: number[];
}

/** Lexical search over passages by BM25, with the inverse document frequency that is never negative (Lucene's). */
export class Bm25Index {
  readonly #postings = new Map<string, Postings>();
  readonly #lengths: number[] = [];
  #total = 0;

  /** Adds the next passage; its place is the number of those before it. */
  add(text: string): void {
    const at = this.#lengths.length;
    const terms = termsOf(text);
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      let postings = this.#postings.get(term);
      if (postings === undefined) this.#postings.set(term, (postings = { places: [], counts: [] }));
      postings.places.push(at);
      postings.counts.push(count);
    }
    this.#lengths.push(terms.length);
    this.#total += terms.length;
  }

  /** The best `most` passages that hold a word of the question and are `allowed`, best first. */
  search(question: string, most: number, allowed: (at: number) => boolean = () => true): readonly Scored[] {
    const size = this.#lengths.length;
    const mean = this.#total / size || 1;
    const scores = new Map<number, number>();
    for (const term of questionTerms(question)) {
      const postings = this.#postings.get(term);
      if (postings === undefined) continue;
      const { places, counts } = postings;
      const rare = Math.log(1 + (size - places.length + 0.5) / (places.length + 0.5));
      for (let i = 0; i < places.length; i++) {
        const at = places[i] as number;
        const count = counts[i] as number;
        const long = 1 - B + (B * (this.#lengths[at] as number)) / mean;
        scores.set(at, (scores.get(at) ?? 0) + (rare * count * (K1 + 1)) / (count + K1 * long));
      }
    }
    const best = new Best(most);
    for (const [at, score] of [...scores].sort(([left], [right]) => left - right))
      if (allowed(at)) best.offer(at, score);
    return best.list();
  }
}
