import { FAINT } from '@parley/llm/meaning/terms';
import { mixed } from '@parley/llm/meaning/vector';
import { stemmed, wordsOf } from '@parley/llm/meaning/words';

/** Names these vectors: a change of how they are made is another name, and documents are embedded anew. */
export const OFFLINE_KIND = 'offline-spelling-1';
const OFFLINE_DIMENSIONS = 1024;
const PIECE_CHARS = 3;

/** A 32-bit number of a text (FNV-1a, mixed). */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return mixed(hash);
}

/**
 * A vector that asks nobody: words and their pieces of three letters, hashed into places with signs, repeats counting less and
 * less. It knows spelling, not meaning: it finds other forms and misspellings of a word, never a synonym (docs/retrieval.md has
 * the figures). Zeros for a text without words.
 */
export function offlineVector(text: string): Float32Array {
  const counts = new Map<string, number>();
  const count = (feature: string): unknown => counts.set(feature, (counts.get(feature) ?? 0) + 1);
  for (const word of wordsOf(text)) {
    if (FAINT.has(word)) continue;
    const stem = stemmed(word);
    count(`w ${stem}`);
    const framed = `<${stem}>`;
    for (let at = 0; at + PIECE_CHARS <= framed.length; at++) count(framed.slice(at, at + PIECE_CHARS));
  }
  const vector = new Float32Array(OFFLINE_DIMENSIONS);
  for (const [feature, times] of counts) {
    const hash = hashOf(feature);
    const place = hash % OFFLINE_DIMENSIONS;
    vector[place] = (vector[place] as number) + (hash & 0x8000_0000 ? -1 : 1) * Math.sqrt(times);
  }
  return vector;
}
