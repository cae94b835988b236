import type { ProtoTokens } from './proto-tokens.ts';

/** Value of an option: a word or number as text, a list, or a message by field. */
export type OptionValue = string | OptionValue[] | { [name: string]: OptionValue };
export type Options = Map<string, OptionValue>;

const MAX_DEPTH = 16;

/** The name of an option as it is written: `deprecated`, `(google.api.http).get`. */
function optionName(tokens: ProtoTokens): string {
  let name = '';
  do {
    if (tokens.take('(')) {
      name += `${name === '' ? '' : '.'}(${tokens.fullName().replace(/^\./, '')})`;
      tokens.expect(')');
    } else name += `${name === '' ? '' : '.'}${tokens.name()}`;
  } while (tokens.take('.'));
  return name;
}

function scalar(tokens: ProtoTokens): string {
  if (/^["']/.test(tokens.peek())) return tokens.string();
  const sign = tokens.take('-') ? '-' : tokens.take('+') ? '' : '';
  return sign + (/^[A-Za-z_]/.test(tokens.peek()) ? tokens.fullName() : tokens.next());
}

/** A value of the text format: a scalar, a list in brackets, or a message in braces. */
function value(tokens: ProtoTokens, depth: number): OptionValue {
  if (depth > MAX_DEPTH) throw tokens.wrong('Options are nested too deep.');
  if (tokens.take('[')) {
    const list: OptionValue[] = [];
    while (!tokens.take(']')) {
      list.push(value(tokens, depth + 1));
      tokens.take(',');
    }
    return list;
  }
  return tokens.peek() === '{' || tokens.peek() === '<' ? message(tokens, depth + 1) : scalar(tokens);
}

function message(tokens: ProtoTokens, depth: number): { [name: string]: OptionValue } {
  const close = tokens.next() === '{' ? '}' : '>';
  const fields: { [name: string]: OptionValue } = Object.create(null) as {
    [name: string]: OptionValue;
  };
  while (!tokens.take(close)) {
    const name = tokens.take('[') ? extensionName(tokens) : tokens.name();
    tokens.take(':');
    const given = value(tokens, depth);
    const before = fields[name];
    fields[name] = before === undefined ? given : Array.isArray(before) ? [...before, given] : [before, given];
    if (!tokens.take(',')) tokens.take(';');
  }
  return fields;
}

function extensionName(tokens: ProtoTokens): string {
  const name = tokens.fullName();
  tokens.expect(']');
  return `[${name}]`;
}

/** `option name = value;`, after its first word. */
export function readOption(tokens: ProtoTokens, into: Options): void {
  const name = optionName(tokens);
  tokens.expect('=');
  into.set(name, value(tokens, 0));
  tokens.expect(';');
}

/** Options in brackets behind a field or value, if there are any. */
export function readBracketed(tokens: ProtoTokens): Options {
  const options: Options = new Map();
  if (!tokens.take('[')) return options;
  do {
    const name = optionName(tokens);
    tokens.expect('=');
    options.set(name, value(tokens, 0));
  } while (tokens.take(','));
  tokens.expect(']');
  return options;
}
