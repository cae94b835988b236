import { type Detector, LOOK_BEHIND, MORE } from './detector.ts';
import { foldCharacter, isInvisible, isOdd } from './fold.ts';
import { type PatternMatch, WINDOW } from './patterns.ts';
import { DIGITS, LETTERS, LONGEST_WORD, type ScanPlan } from './plan.ts';

/** What was found, with the text it stands for: for masking only, never for a log. */
export interface Found {
  readonly detector: string;
  readonly kind: string;
  readonly rule: string;
  readonly score: number;
  readonly value: string;
}

/** Ends a scan at a hit: neither it nor anything behind it is handed out. */
export const STOP = Symbol('stop');

/** Asked at every hit: the text to put in its place, undefined to leave it, or `STOP`. */
export type OnFound = (found: Found) => string | undefined | typeof STOP;

const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122) || code === 95;

/**
 * Walks a text from left to right, in any chunks, and hands out what can no longer be part of a hit. It decides each place only
 * when all it could depend on is there, so chunks change nothing: a whole text is one chunk. It holds back at most
 * `plan.holdsBack` characters.
 */
export class Scanner {
  readonly #plan: ScanPlan;
  readonly #onFound: OnFound;
  /** The text as detectors read it; `#raw` as it came. Equal but for odd characters. */
  #text: string;
  #raw: string;
  /** Places of `#raw` by places of `#text`, only where invisible characters were left out. */
  #places: number[] | undefined;
  #at: number;
  #sent: number;
  #wordEnd = 0;
  #wordPlain = true;
  #windowEnd: number;
  #matches: PatternMatch[] = [];
  #ended = false;
  #stopped = false;

  /** `before`: what stands before the text, for context only; it is neither scanned nor handed out. */
  constructor(plan: ScanPlan, onFound: OnFound, before = '') {
    this.#plan = plan;
    this.#onFound = onFound;
    const context = before.slice(-LOOK_BEHIND);
    this.#text = context;
    this.#raw = context;
    this.#at = context.length;
    this.#sent = context.length;
    this.#windowEnd = context.length;
  }

  /** Takes the next chunk; returns what is safe to hand on. */
  feed(chunk: string): string {
    this.#append(chunk);
    return this.#walk();
  }

  /** No more chunks; returns the rest. */
  end(): string {
    this.#ended = true;
    const rest = this.#walk();
    return this.#stopped ? rest : rest + this.#release(this.#raw.length);
  }

  /** What was held back, as it came: for a caller that goes on without scanning. */
  abandon(): string {
    return this.#release(this.#raw.length);
  }

  #append(chunk: string): void {
    if (!this.#places && !isOdd(chunk)) {
      this.#text += chunk;
      this.#raw += chunk;
      return;
    }
    this.#places ??= Array.from({ length: this.#text.length }, (_, index) => index);
    let folded = '';
    for (let index = 0; index < chunk.length; index++) {
      const character = chunk.charAt(index);
      if (isInvisible(character)) continue;
      this.#places.push(this.#raw.length + index);
      folded += foldCharacter(character);
    }
    this.#text += folded;
    this.#raw += chunk;
  }

  #rawPlace(place: number): number {
    if (!this.#places) return place;
    return place < this.#places.length ? (this.#places[place] ?? 0) : this.#raw.length;
  }

  #walk(): string {
    const { kinds, patterns } = this.#plan;
    const text = this.#text;
    const end = text.length;
    let released = '';
    let at = this.#at;
    while (at < end && !this.#stopped) {
      if (patterns && at >= this.#windowEnd && !this.#openWindows(at)) break;
      const match = this.#matches[0];
      if (match && match.start <= at) {
        this.#matches.shift();
        const to = Math.min(match.end, end);
        // One that lies within what was found already is told, with nothing left to put in its place.
        released += this.#hit(at, Math.max(at, to), { detector: 'patterns', ...match, score: 1 });
        at = Math.max(at, to);
        continue;
      }
      const code = text.charCodeAt(at);
      const kind = code < 128 ? (kinds[code] ?? 0) : 0;
      if (kind === 0 && (code < 128 || this.#plan.others.length === 0)) {
        at++;
        continue;
      }
      const next = this.#ask(at, code, kind);
      if (next === MORE) break;
      if (typeof next === 'number') at = next;
      else {
        released += this.#hit(next.from, next.to, next);
        at = next.to;
      }
    }
    if (!this.#stopped) released += this.#release(this.#rawPlace(at));
    this.#at = at;
    this.#trim();
    return released;
  }

  /** Asks the detectors that may begin at `at`: the next place, a hit, or `MORE`. */
  #ask(at: number, code: number, kind: number): number | (Omit<Found, 'value'> & { from: number; to: number }) {
    const text = this.#text;
    let asked: readonly Detector[];
    if (code > 127) asked = this.#plan.others;
    else {
      asked = this.#plan.lists[kind] ?? [];
      if (kind === LETTERS || kind === DIGITS) {
        if (at > 0 && isWordCode(text.charCodeAt(at - 1))) return at + 1;
        if (kind === LETTERS) {
          if (at >= this.#wordEnd && !this.#measureWord(at)) return MORE;
          if (this.#wordPlain) asked = this.#plan.plainWords;
        }
      }
    }
    for (const detector of asked) {
      if (detector.applies && !detector.applies(text, at)) continue;
      let end = detector.reach(text, at);
      if (end === MORE) {
        if (!this.#ended && text.length - at < detector.longest) return MORE;
        end = text.length;
      }
      end = Math.min(end, at + detector.longest);
      const hit = detector.find(text.slice(at, end), () => text.slice(Math.max(0, at - LOOK_BEHIND), at));
      if (hit && hit.to > hit.from) {
        const { kind: what, rule, score } = hit;
        return { from: at + hit.from, to: at + hit.to, detector: detector.name, kind: what, rule, score };
      }
    }
    return at + 1;
  }

  /** Looks at the word from `at` as a whole; false if it is not all there yet. */
  #measureWord(at: number): boolean {
    const text = this.#text;
    const most = Math.min(text.length, at + LONGEST_WORD);
    let mixed = false;
    let index = at;
    for (; index < most; index++) {
      const code = text.charCodeAt(index);
      if (code <= 32 || code > 127) break;
      if ((code >= 48 && code <= 57) || code === 64) mixed = true;
    }
    if (index === text.length && index < at + LONGEST_WORD && !this.#ended) return false;
    this.#wordEnd = Math.max(index, at + 1);
    this.#wordPlain = !mixed && index - at < 20;
    return true;
  }

  /** Finds the patterns of every window up to `at`; false if the text of one is not all there yet. */
  #openWindows(at: number): boolean {
    const set = this.#plan.patterns;
    while (set && at >= this.#windowEnd) {
      if (!this.#ended && this.#text.length < this.#windowEnd + set.holdsBack) return false;
      this.#matches.push(...set.matches(this.#text, this.#windowEnd));
      this.#windowEnd += WINDOW;
    }
    return true;
  }

  #hit(from: number, to: number, { detector, kind, rule, score }: Omit<Found, 'value'>): string {
    const start = this.#rawPlace(from);
    const end = to > from ? this.#rawPlace(to - 1) + 1 : start;
    const before = this.#release(start);
    const replaced = this.#onFound({ detector, kind, rule, score, value: this.#raw.slice(start, end) });
    if (replaced === STOP) {
      this.#stopped = true;
      return before;
    }
    if (end === start) return before;
    if (replaced === undefined) return before + this.#release(end);
    this.#sent = end;
    return before + replaced;
  }

  #release(until: number): string {
    if (until <= this.#sent) return '';
    const piece = this.#raw.slice(this.#sent, until);
    this.#sent = until;
    return piece;
  }

  /** Forgets what was handed out, but for the context of what comes. */
  #trim(): void {
    const cut = this.#at - LOOK_BEHIND;
    if (cut < 1024) return;
    const rawCut = this.#rawPlace(cut);
    this.#text = this.#text.slice(cut);
    this.#raw = this.#raw.slice(rawCut);
    this.#places = this.#places?.slice(cut).map((place) => place - rawCut);
    this.#at -= cut;
    this.#sent -= rawCut;
    this.#wordEnd -= cut;
    this.#windowEnd -= cut;
    this.#matches = this.#matches.map((match) => ({ ...match, start: match.start - cut, end: match.end - cut }));
  }
}

/** Scans a whole text; returns it with what `onFound` put in. */
export function scanText(plan: ScanPlan, text: string, onFound: OnFound, before = ''): string {
  const scanner = new Scanner(plan, onFound, before);
  return scanner.feed(text) + scanner.end();
}
