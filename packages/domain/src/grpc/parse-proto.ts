import { type Options, type OptionValue, readBracketed, readOption } from './proto-options.ts';
import { ProtoTokens } from './proto-tokens.ts';

export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** As written: a scalar, or a name that is not resolved yet. */
  readonly type: string;
  readonly label: 'one' | 'optional' | 'repeated';
  /** Type of a map’s keys; `type` is that of its values. */
  readonly mapKey: string | null;
  readonly oneof: string | null;
  readonly jsonName: string | null;
  readonly packed: boolean | null;
  readonly line: number;
}

export interface ProtoEnum {
  readonly name: string;
  readonly values: readonly { readonly name: string; readonly number: number }[];
  readonly line: number;
}

export interface ProtoMessage {
  readonly name: string;
  readonly fields: ProtoField[];
  readonly oneofs: string[];
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
  readonly line: number;
}

export interface ProtoMethod {
  readonly name: string;
  readonly input: string;
  readonly output: string;
  readonly clientStreams: boolean;
  readonly serverStreams: boolean;
  /** `google.api.http`, with its additional bindings. */
  readonly bindings: readonly HttpBinding[];
  readonly line: number;
}

export interface HttpBinding {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

export interface ProtoFile {
  readonly packageName: string;
  readonly imports: { readonly name: string; readonly line: number }[];
  readonly messages: ProtoMessage[];
  readonly enums: ProtoEnum[];
  readonly services: { readonly name: string; readonly methods: readonly ProtoMethod[] }[];
}

const MAX_DEPTH = 16;
const MAX_FIELD = 536_870_911;
const KEY_TYPES = new Set(
  'int32 int64 uint32 uint64 sint32 sint64 fixed32 fixed64 sfixed32 sfixed64 bool string'.split(' '),
);

/** Reads a .proto file of the proto3 language. Throws `ProtoError` with the line of what is wrong. */
export function parseProto(text: string): ProtoFile {
  const tokens = new ProtoTokens(text);
  const file = { packageName: '', imports: [], messages: [], enums: [], services: [] } as {
    -readonly [Key in keyof ProtoFile]: ProtoFile[Key];
  };
  if (!tokens.take('syntax')) throw tokens.wrong('Begin with: syntax = "proto3"; other languages are not read here.');
  tokens.expect('=');
  if (tokens.string() !== 'proto3') throw tokens.wrong('Only the proto3 language is read here.');
  tokens.expect(';');
  while (!tokens.done) {
    const { line } = tokens;
    const word = tokens.next();
    if (word === ';') continue;
    if (word === 'import') {
      if (!tokens.take('public')) tokens.take('weak');
      file.imports.push({ name: tokens.string(), line });
      tokens.expect(';');
    } else if (word === 'package') {
      file.packageName = tokens.fullName();
      tokens.expect(';');
    } else if (word === 'option') readOption(tokens, new Map());
    else if (word === 'message') file.messages.push(readMessage(tokens, 0));
    else if (word === 'enum') file.enums.push(readEnum(tokens));
    else if (word === 'service') file.services.push(readService(tokens));
    else if (word === 'extend') skipBlock(tokens);
    else throw tokens.wrong(`“${word}” begins nothing that a file has.`);
  }
  return file;
}

/** Extensions are for options of other tools. */
function skipBlock(tokens: ProtoTokens): void {
  tokens.fullName();
  tokens.expect('{');
  for (let depth = 1; depth > 0; ) {
    const token = tokens.next();
    if (token === '{') depth++;
    if (token === '}') depth--;
  }
}

function skipStatement(tokens: ProtoTokens): void {
  while (tokens.next() !== ';');
}

function readMessage(tokens: ProtoTokens, depth: number): ProtoMessage {
  if (depth > MAX_DEPTH) throw tokens.wrong('Messages are nested too deep.');
  const { line } = tokens;
  const message: ProtoMessage = { name: tokens.name(), fields: [], oneofs: [], messages: [], enums: [], line };
  tokens.expect('{');
  while (!tokens.take('}')) {
    if (tokens.take(';')) continue;
    const word = tokens.peek();
    if (word === 'message' || word === 'enum' || word === 'oneof' || word === 'option' || word === 'extend') {
      tokens.next();
      if (word === 'message') message.messages.push(readMessage(tokens, depth + 1));
      else if (word === 'enum') message.enums.push(readEnum(tokens));
      else if (word === 'oneof') readOneof(tokens, message);
      else if (word === 'extend') skipBlock(tokens);
      else readOption(tokens, new Map());
    } else if (word === 'reserved' || word === 'extensions') skipStatement(tokens);
    else message.fields.push(readField(tokens, null));
  }
  const names = message.fields.map(({ name }) => name);
  const numbers = message.fields.map(({ number }) => number);
  if (new Set(names).size < names.length || new Set(numbers).size < numbers.length) {
    throw tokens.wrong(`Two fields of ${message.name} have the same name or number.`);
  }
  return message;
}

function readOneof(tokens: ProtoTokens, message: ProtoMessage): void {
  const name = tokens.name();
  message.oneofs.push(name);
  tokens.expect('{');
  while (!tokens.take('}')) {
    if (tokens.take(';')) continue;
    if (tokens.take('option')) readOption(tokens, new Map());
    else message.fields.push(readField(tokens, name));
  }
}

function readField(tokens: ProtoTokens, oneof: string | null): ProtoField {
  const { line } = tokens;
  let label: ProtoField['label'] = 'one';
  if (tokens.peek() === 'required' || tokens.peek() === 'group') {
    throw tokens.wrong(`“${tokens.peek()}” is not of the proto3 language.`);
  }
  if (oneof === null && tokens.take('repeated')) label = 'repeated';
  else if (oneof === null && tokens.take('optional')) label = 'optional';
  let mapKey: string | null = null;
  let type = tokens.fullName();
  if (type === 'map' && tokens.take('<')) {
    mapKey = tokens.name();
    if (!KEY_TYPES.has(mapKey) || oneof !== null) throw tokens.wrong('A map like this is not allowed.');
    tokens.expect(',');
    type = tokens.fullName();
    tokens.expect('>');
    label = 'repeated';
  }
  const name = tokens.name();
  tokens.expect('=');
  const number = tokens.integer();
  if (number < 1 || number > MAX_FIELD || (number >= 19_000 && number < 20_000)) {
    throw tokens.wrong(`${number} cannot be the number of a field.`);
  }
  const options = readBracketed(tokens);
  tokens.expect(';');
  const packed = options.get('packed');
  return {
    name,
    number,
    type,
    label,
    mapKey,
    oneof,
    jsonName: text(options.get('json_name')),
    packed: packed === undefined ? null : packed === 'true',
    line,
  };
}

function text(value: OptionValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function readEnum(tokens: ProtoTokens): ProtoEnum {
  const { line } = tokens;
  const name = tokens.name();
  const values: { name: string; number: number }[] = [];
  tokens.expect('{');
  while (!tokens.take('}')) {
    if (tokens.take(';')) continue;
    if (tokens.take('option')) readOption(tokens, new Map());
    else if (tokens.take('reserved')) skipStatement(tokens);
    else {
      const value = tokens.name();
      tokens.expect('=');
      const number = tokens.integer();
      if (number < -(2 ** 31) || number >= 2 ** 31) throw tokens.wrong(`${number} is too large for an enum.`);
      values.push({ name: value, number });
      readBracketed(tokens);
      tokens.expect(';');
    }
  }
  if (values[0]?.number !== 0) throw tokens.wrong(`The first value of the enum ${name} has to be 0.`);
  return { name, values, line };
}

function readService(tokens: ProtoTokens): ProtoFile['services'][number] {
  const name = tokens.name();
  const methods: ProtoMethod[] = [];
  tokens.expect('{');
  while (!tokens.take('}')) {
    if (tokens.take(';')) continue;
    if (tokens.take('option')) readOption(tokens, new Map());
    else {
      tokens.expect('rpc');
      methods.push(readMethod(tokens));
    }
  }
  return { name, methods };
}

function readMethod(tokens: ProtoTokens): ProtoMethod {
  const { line } = tokens;
  const name = tokens.name();
  const side = (): { type: string; streams: boolean } => {
    tokens.expect('(');
    const streams = tokens.take('stream');
    const type = tokens.fullName();
    tokens.expect(')');
    return { type, streams };
  };
  const input = side();
  tokens.expect('returns');
  const output = side();
  const options: Options = new Map();
  if (tokens.take('{')) {
    while (!tokens.take('}')) {
      if (tokens.take(';')) continue;
      tokens.expect('option');
      readOption(tokens, options);
    }
  } else tokens.expect(';');
  return {
    name,
    input: input.type,
    output: output.type,
    clientStreams: input.streams,
    serverStreams: output.streams,
    bindings: bindingsOf(options),
    line,
  };
}

const VERBS = ['get', 'put', 'post', 'delete', 'patch'] as const;
const HTTP = '(google.api.http)';

/** What `google.api.http` says, written as one message or field by field. */
function bindingsOf(options: Options): HttpBinding[] {
  const whole = options.get(HTTP);
  const rule: { [name: string]: OptionValue } = {
    ...(typeof whole === 'object' && !Array.isArray(whole) ? whole : {}),
  };
  for (const [name, given] of options) if (name.startsWith(`${HTTP}.`)) rule[name.slice(HTTP.length + 1)] = given;
  const more = rule['additional_bindings'];
  return [rule, ...(Array.isArray(more) ? more : more === undefined ? [] : [more])].flatMap((one) => {
    if (typeof one !== 'object' || Array.isArray(one)) return [];
    const verb = VERBS.find((name) => typeof one[name] === 'string');
    if (verb === undefined) return [];
    return [{ method: verb.toUpperCase(), path: one[verb] as string, body: text(one['body']) ?? '' }];
  });
}
