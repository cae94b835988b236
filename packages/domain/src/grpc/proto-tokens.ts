/** What is wrong with a .proto text, and in which line. */
export class ProtoError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.name = 'ProtoError';
    this.line = line;
  }
}

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*|0[xX][0-9a-fA-F]+|\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|[{}[\]()<>;,=:.+-]/y;
const MAX_TOKENS = 200_000;
const BLANK = /^(?:\s|\/\/|\/\*)/;
const NAME = /^[A-Za-z_]/;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  TOKEN.lastIndex = 0;
  for (let at = 0; at < text.length; at = TOKEN.lastIndex) {
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(text)?.[0];
    if (found === undefined) throw new ProtoError(`This character has no place here: ${text[at]}`, line);
    if (!BLANK.test(found)) tokens.push({ text: found, line });
    if (tokens.length > MAX_TOKENS) throw new ProtoError('The text is too long.', line);
    for (const char of found) if (char === '\n') line++;
  }
  return tokens;
}

/** The tokens of a .proto text (the language’s lexical elements), one after the other. */
export class ProtoTokens {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.#tokens = tokensOf(text);
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  get line(): number {
    return (this.#tokens[this.#at] ?? this.#tokens.at(-1))?.line ?? 1;
  }

  peek(): string {
    return this.#tokens[this.#at]?.text ?? '';
  }

  next(): string {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw this.wrong('The text ends in the middle.');
    this.#at++;
    return token.text;
  }

  /** Takes the token if it is the next. */
  take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.#at++;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) throw this.wrong(`“${text}” is missing before “${this.peek()}”.`);
  }

  name(): string {
    if (!NAME.test(this.peek())) throw this.wrong(`A name is missing before “${this.peek()}”.`);
    return this.next();
  }

  /** A name with dots, perhaps with one before it. */
  fullName(): string {
    let name = this.take('.') ? '.' : '';
    name += this.name();
    while (this.take('.')) name += `.${this.name()}`;
    return name;
  }

  /** A text in quotes, without them; several in a row are one. */
  string(): string {
    let text = '';
    if (!/^["']/.test(this.peek())) throw this.wrong(`A text in quotes is missing before “${this.peek()}”.`);
    while (/^["']/.test(this.peek())) text += this.next().slice(1, -1).replace(/\\(.)/g, '$1');
    return text;
  }

  integer(): number {
    const sign = this.take('-') ? -1 : 1;
    const text = this.next();
    const value = /^0[0-7]+$/.test(text) ? Number.parseInt(text, 8) : Number(text);
    if (!Number.isSafeInteger(value)) throw this.wrong(`“${text}” is not a whole number.`);
    return sign * value;
  }

  wrong(message: string): ProtoError {
    return new ProtoError(message, this.line);
  }
}
