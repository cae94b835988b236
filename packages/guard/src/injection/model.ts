import { inflateRawSync } from 'node:zlib';
import { type Features, featuresOf, PER_TOKEN } from './features.ts';
import { BIASES, SCALES, WEIGHTS } from './model-weights.ts';

/** Lengths of the windows in tokens: a short attack in a long text is looked at by itself. */
export const WINDOWS: readonly number[] = [12, 32];

/** Where the model has seen most of an attack: tokens `from` to `to`, and how much, as log-odds without the bias. */
export interface Window {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

let sums = new Float64Array(1024);

/** The window with the highest sum of weights, divided by the root of its length. */
export function bestWindow({ tokens, buckets }: Features, weights: ArrayLike<number>): Window {
  if (sums.length <= tokens) sums = new Float64Array(tokens * 2);
  let sum = 0;
  for (let index = 0; index < tokens; index++) {
    const at = index * PER_TOKEN;
    for (let feature = at; feature < at + PER_TOKEN; feature++) sum += weights[buckets[feature] ?? 0] ?? 0;
    sums[index + 1] = sum;
  }
  let best: Window = { from: 0, to: 0, value: Number.NEGATIVE_INFINITY };
  for (const length of WINDOWS) {
    for (let from = 0; from === 0 || from + length / 2 < tokens; from += length / 4) {
      const to = Math.min(tokens, from + length);
      const value = ((sums[to] ?? 0) - (sums[from] ?? 0)) / Math.sqrt(Math.max(6, to - from));
      if (value > best.value) best = { from, to, value };
      if (to === tokens) break;
    }
  }
  return best;
}

const unpack = (packed: string): Int8Array => new Int8Array(inflateRawSync(Buffer.from(packed, 'base64')));

const TRUSTED = unpack(WEIGHTS.trusted);
const UNTRUSTED = unpack(WEIGHTS.untrusted);

/** Long texts are read in slices of so many characters, which overlap. */
const SLICE = 4000;
const OVERLAP = 400;

/** Log-odds that a text, in lower case, tries to turn the model. Work is linear in the text. */
export function modelLogOdds(text: string, trusted: boolean): number {
  const head = trusted ? 'trusted' : 'untrusted';
  const weights = trusted ? TRUSTED : UNTRUSTED;
  let most = Number.NEGATIVE_INFINITY;
  for (let from = 0; from === 0 || from + OVERLAP < text.length; from += SLICE - OVERLAP) {
    most = Math.max(most, bestWindow(featuresOf(text.slice(from, from + SLICE)), weights).value);
  }
  return most * SCALES[head] + BIASES[head];
}
