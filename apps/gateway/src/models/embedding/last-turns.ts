/** Longest turn that is looked at unless told otherwise, in characters. */
const MAX_TURN_CHARS = 2000;
/** Where requests of the protocols hold their turns. */
const LISTS = ['messages', 'contents', 'input'] as const;
/** Types of the parts that are nothing but text. */
const TEXT_TYPES = new Set([undefined, 'text', 'input_text', 'message']);

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A request with the text of its last turns taken out. */
export interface Turns {
  /** Of the user's last turns, oldest first. */
  readonly texts: readonly string[];
  /** The request with a mark in place of each. */
  readonly rest: Members;
}

const MARK = '\u0000turn';

/** The text of one turn, and the turn with a mark in its place; `null` where it holds more than one text. */
function taken(turn: Members): { text: string; rest: Members } | null {
  const name = 'parts' in turn ? 'parts' : 'content';
  const content = turn[name];
  if (typeof content === 'string') return { text: content, rest: { ...turn, [name]: MARK } };
  if (!Array.isArray(content)) return null;
  const texts = content.filter(
    (part) => isMembers(part) && typeof part['text'] === 'string' && TEXT_TYPES.has(part['type'] as string),
  );
  const [part] = texts as Members[];
  if (texts.length !== 1 || part === undefined) return null;
  // Pictures and files beside it stay in the rest, and have to be equal.
  const rest: unknown[] = content.map((item: unknown) => (item === part ? { ...part, text: MARK } : item));
  return { text: String(part['text']), rest: { ...turn, [name]: rest } };
}

/**
 * Takes the text of the user's last turns out of a request, at most `most` of them. `null` for one that does not end with a
 * turn of the user in words (a tool's answer, a picture alone, something very long).
 */
export function lastTurns(request: Members, most: number, mostChars = MAX_TURN_CHARS): Turns | null {
  const fits = (text: string): boolean => text.length <= mostChars && /[\p{L}\p{N}]/u.test(text);
  const name = LISTS.find((list) => list in request);
  if (name === undefined) return null;
  const given = request[name];
  if (typeof given === 'string') return fits(given) ? { texts: [given], rest: { ...request, [name]: MARK } } : null;
  if (!Array.isArray(given)) return null;
  const turns = [...(given as unknown[])];
  const texts: string[] = [];
  for (let at = turns.length - 1; at >= 0 && texts.length < most; at--) {
    const turn = turns[at];
    const isUser = isMembers(turn) && (turn['role'] === 'user' || (name === 'contents' && turn['role'] === undefined));
    if (!isUser && at === turns.length - 1) return null;
    if (!isUser) continue;
    const found = taken(turn);
    if (found === null || !fits(found.text)) {
      if (texts.length === 0) return null;
      break;
    }
    texts.unshift(found.text);
    turns[at] = found.rest;
  }
  return texts.length === 0 ? null : { texts, rest: { ...request, [name]: turns } };
}
