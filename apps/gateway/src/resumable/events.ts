/** Where an event ends. */
const END = /\r?\n\r?\n/g;
/** A number an event brings along would be taken for ours. */
const OTHER_ID = /^id:.*\r?\n/gm;

/** Divides a stream's text into events and numbers them; comments have no number, for nobody can have stopped at one. */
export class NumberedEvents {
  /** Of the event that came last. */
  last = 0;
  #rest = '';

  /** Whole events with their numbers; the beginning of one that has not ended waits. */
  feed(text: string): string {
    this.#rest += text;
    let out = '';
    let from = 0;
    for (const { index, 0: end } of this.#rest.matchAll(END)) {
      const to = index + end.length;
      out += this.#numbered(this.#rest.slice(from, to));
      from = to;
    }
    this.#rest = this.#rest.slice(from);
    return out;
  }

  /** What has come and did not end as an event. */
  end(): string {
    const rest = this.#rest;
    this.#rest = '';
    return rest;
  }

  #numbered(event: string): string {
    if (!/^data:/m.test(event)) return event;
    this.last++;
    return `id: ${this.last}\n${event.replace(OTHER_ID, '')}`;
  }
}

/** Gives a response of OpenAI's API the id under which it is kept here, in place of its provider's. */
export class OwnResponseId {
  readonly #own: string;
  #theirs: string | null = null;

  constructor(own: string) {
    this.#own = own;
  }

  put(text: string): string {
    this.#theirs ??= /"id"\s*:\s*"(resp_[^"\\]{1,200})"/.exec(text)?.[1] ?? null;
    if (this.#theirs === null || this.#theirs === this.#own) return text;
    return text.replaceAll(`"${this.#theirs}"`, `"${this.#own}"`);
  }
}

/** The number at the head of an event that was numbered here; `null` without one. */
function numberOf(event: string): number | null {
  const found = /^id: (\d+)\n/.exec(event);
  return found === null ? null : Number(found[1]);
}

/** Events of a kept part. */
export function eventsIn(text: string): string[] {
  const events: string[] = [];
  let from = 0;
  for (const { index, 0: end } of text.matchAll(END)) {
    events.push(text.slice(from, index + end.length));
    from = index + end.length;
  }
  return events;
}

/** The JSON text of an event. */
export function dataOf(event: string): string {
  return event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice(5).replace(/^ /, ''))
    .join('\n');
}

/** The `sequence_number` of an event of OpenAI's Responses API; `null` for what has none. */
function sequenceOf(event: string): number | null {
  try {
    const { sequence_number: found } = JSON.parse(dataOf(event)) as { sequence_number?: unknown };
    return typeof found === 'number' ? found : null;
  } catch {
    return null;
  }
}

/** Where a reader goes on: after an event's number of ours, or of the Responses API's own. */
export type After = { readonly by: 'id' | 'sequence'; readonly value: number };

/** Events of a part that the reader does not have. */
export function eventsAfter(text: string, { by, value }: After): string {
  const place = by === 'id' ? numberOf : sequenceOf;
  return eventsIn(text)
    .filter((event) => (place(event) ?? Number.POSITIVE_INFINITY) > value)
    .join('');
}
