import { RE2JS } from 're2js';

/** Something that has to be over by a moment of `performance.now()`. */
export interface TimeBox {
  readonly timeoutMs: number;
  until: number;
}

/** As JSONata says it when its own time is up. */
class TimeIsUp extends Error {
  readonly code = 'D1012';
  readonly value: number;

  constructor(timeoutMs: number) {
    super('The expression took longer than the time it has.');
    this.value = timeoutMs;
  }
}

function flagsOf(flags: string): number {
  let made = 0;
  if (flags.includes('i')) made |= RE2JS.CASE_INSENSITIVE;
  if (flags.includes('m')) made |= RE2JS.MULTILINE;
  return made;
}

/** Compiles a regex of JSONata by RE2's rules; throws for back references and look-around. */
export function linearPattern({ source, flags }: RegExp): RE2JS {
  return RE2JS.compile(source, flagsOf(flags));
}

/**
 * A stand-in for `RegExp` in JSONata that takes time in proportion to the text, whatever the pattern, and looks at the
 * clock at each match. It has what JSONata uses: `lastIndex` and `exec`.
 */
export function linearRegex(box: TimeBox): RegExpConstructor {
  const compiled = new Map<string, RE2JS>();
  class LinearRegex {
    lastIndex = 0;
    readonly #pattern: RE2JS;

    constructor(regex: RegExp) {
      const name = String(regex);
      const pattern = compiled.get(name) ?? linearPattern(regex);
      compiled.set(name, pattern);
      this.#pattern = pattern;
    }

    exec(text: string): RegExpExecArray | null {
      if (performance.now() > box.until) throw new TimeIsUp(box.timeoutMs);
      const matcher = this.#pattern.matcher(text);
      if (!matcher.find(this.lastIndex)) {
        this.lastIndex = 0;
        return null;
      }
      const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, at) => matcher.group(at) ?? undefined);
      this.lastIndex = matcher.end();
      return Object.assign(groups, { index: matcher.start(), input: text }) as RegExpExecArray;
    }
  }
  return LinearRegex as unknown as RegExpConstructor;
}
