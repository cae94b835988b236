import { editObject, membersOf } from '../../json-edit.ts';
import { isObject, parseJson } from '../../object.ts';

/** What a known head may hold: nothing that is read of each chunk. */
const READ_OF_EACH = new Set(['error', 'usage', 'choices']);
const NO_USAGE = ',"usage":null}';

/** What follows a known head: its text from the value of `choices` on, and its members. */
class ChunkTail {
  readonly text: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(text: string, members: Readonly<Record<string, unknown>>) {
    this.text = text;
    this.members = members;
  }

  /** The text without any member `usage`. */
  withoutUsage(): string {
    const { text } = this;
    const at = text.length - NO_USAGE.length;
    // The only `"usage"` is the last member: within a string its quotes would be escaped.
    if (text.endsWith(NO_USAGE) && text.indexOf('"usage"') === at + 1) return `${text.slice(0, at)}}`;
    const removed = editObject(CHOICES + text, [{ key: 'usage', value: null, add: false }]);
    return removed.slice(CHOICES.length);
  }
}

const CHOICES = '{"choices":';

/**
 * What the chunks of one stream begin with: id, time and model, the same in each, up to the value of `choices`. A chunk of a
 * known head needs no more than its tail parsed, and no search for the model's name.
 */
export class ChunkHead {
  readonly #modelText: string;
  #head: string | null = null;
  #edited = '';

  /** `model` is the name the client is told. */
  constructor(model: string) {
    this.#modelText = JSON.stringify(model);
  }

  /** The head as the client is told it. */
  get edited(): string {
    return this.#edited;
  }

  /** Notes how a chunk begins; `data` must be the text of a JSON object. */
  learn(data: string): void {
    this.#head = null;
    const members = membersOf(data);
    const at = members.findIndex(({ key }) => key === 'choices');
    const choices = members[at];
    const before = members.slice(0, at);
    const [model, another] = before.filter(({ key }) => key === 'model');
    if (choices === undefined || model === undefined || another !== undefined) return;
    if (before.some(({ key }) => READ_OF_EACH.has(key))) return;
    this.#head = data.slice(0, choices.valueStart);
    this.#edited = this.#head.slice(0, model.valueStart) + this.#modelText + this.#head.slice(model.valueEnd);
  }

  /** What follows the known head; `null` where the chunk begins otherwise, or its tail says what must be read with care. */
  tailOf(data: string): ChunkTail | null {
    if (this.#head === null || data.slice(0, this.#head.length) !== this.#head) return null;
    const text = data.slice(this.#head.length);
    const members = parseJson(CHOICES + text);
    if (!isObject(members) || 'error' in members || 'model' in members) return null;
    return new ChunkTail(text, members);
  }
}
