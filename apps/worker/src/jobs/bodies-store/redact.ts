import type { KeptBodies } from '@parley/contracts/call-bodies';
import type { RedactedKind } from '@parley/contracts/policies/body-log';
import { guardrailsPolicy, type PersonalKind } from '@parley/contracts/policies/guardrails';
import { Guard } from '@parley/guard/guard';
import { VerdictBuilder } from '@parley/guard/verdict';
import { streamedText } from '@parley/llm/streamed-text';

/** Longest value that a check finds; of a text that was cut this much of its end may be half of one. */
const LONGEST_VALUE = 4096;

/** Strikes out of texts what a policy names. */
export class Redactor {
  readonly #guard: Guard | null;
  readonly #found = new VerdictBuilder();
  failed = false;

  constructor(kinds: readonly RedactedKind[]) {
    const personal = kinds.filter((kind): kind is PersonalKind => kind !== 'secret');
    const policy = guardrailsPolicy.parse({
      ...(personal.length > 0 ? { personalData: { mode: 'mask', kinds: personal } } : {}),
      ...(kinds.includes('secret') ? { secrets: { mode: 'mask' } } : {}),
    });
    this.#guard = kinds.length === 0 ? null : new Guard(policy);
  }

  /** How many values were struck out so far. */
  get count(): number {
    return this.#found.verdict().findings.reduce((sum, { count }) => sum + count, 0);
  }

  text(text: string, form: 'text' | 'json'): string {
    if (this.#guard === null) return text;
    const watched = this.#guard.watch('output', this.#found, form);
    const out = watched.feed(text) + watched.end();
    this.failed ||= watched.blocked;
    return out;
  }
}

interface Body {
  readonly text: string;
  readonly form: 'json' | 'text' | 'stream';
  readonly cut: boolean;
}

/** A body as it is kept: a stream's text joined, values struck out, then cut to `maxBytes` of UTF-8. */
export function keptBody(body: Body, redactor: Redactor, maxBytes: number): NonNullable<KeptBodies['request']> {
  const joined = body.form === 'stream' ? streamedText(body.text) : body.text;
  const sure = body.cut ? joined.slice(0, -LONGEST_VALUE) : joined;
  const text = redactor.text(sure, body.form === 'json' ? 'json' : 'text');
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return { text, form: body.form, cut: body.cut };
  // A character that was cut in two is left out.
  return { text: bytes.toString('utf8', 0, maxBytes).replace(/\uFFFD$/, ''), form: body.form, cut: true };
}
