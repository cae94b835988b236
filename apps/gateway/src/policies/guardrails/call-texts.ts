import type { GuardPart, PartSource } from '@parley/guard/part';
import type { Call, Part, ToolResultPart, Turn } from '@parley/llm/neutral/call';

/** Replaces one text of a call; called in the order of the texts. */
type Replace = (text: string, source: PartSource, form?: 'json') => string;

/** Every text of a call with who wrote it, and the documents among them that an answer is to be borne out by. */
export function partsOf(call: Call): GuardPart[] {
  const parts: GuardPart[] = [];
  mapCall(call, (text, source, form) => {
    parts.push(form === undefined ? { text, source } : { text, source, form });
    return text;
  });
  return parts;
}

/** The call with other texts in the order of `partsOf`. */
export function withTexts(call: Call, texts: readonly string[]): Call {
  let next = 0;
  return mapCall(call, (text) => texts[next++] ?? text);
}

function mapCall(call: Call, replace: Replace): Call {
  const { user, metadata } = call;
  return {
    ...call,
    turns: call.turns.map((turn) => ({ ...turn, parts: turn.parts.map((part) => mapPart(part, turn.role, replace)) })),
    ...(user === undefined ? {} : { user: replace(user, 'assistant') }),
    ...(metadata === undefined ? {} : { metadata: mapJson(metadata, 'assistant', replace) }),
    extra: mapJson(call.extra, 'assistant', replace),
  };
}

function mapPart(part: Part, role: Turn['role'], replace: Replace): Part {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return { ...part, text: replace(part.text, role) };
    case 'reasoning':
      // Signed thoughts come back as the model wrote them or not at all; it wrote them without what is masked.
      return part.proof === undefined && !part.redacted ? { ...part, text: replace(part.text, 'assistant') } : part;
    case 'document':
      return part.source.kind === 'text'
        ? { ...part, source: { kind: 'text', text: replace(part.source.text, 'document') } }
        : part;
    case 'tool_call':
      return { ...part, arguments: replace(part.arguments, 'toolArguments', 'json') };
    case 'tool_result':
      return { ...part, parts: part.parts.map((piece) => mapResult(piece, replace)) };
    case 'other':
      return { ...part, raw: mapJson(part.raw, role, replace) };
    case 'image':
    case 'audio':
    case 'video':
      return part;
  }
}

type ResultPiece = ToolResultPart['parts'][number];

function mapResult(piece: ResultPiece, replace: Replace): ResultPiece {
  switch (piece.kind) {
    case 'text':
      return { ...piece, text: replace(piece.text, 'toolResult') };
    case 'document':
      return piece.source.kind === 'text'
        ? { ...piece, source: { kind: 'text', text: replace(piece.source.text, 'toolResult') } }
        : piece;
    case 'other':
      return { ...piece, raw: mapJson(piece.raw, 'toolResult', replace) };
    case 'image':
      return piece;
  }
}

/** Something only its own protocol understands: read as JSON, and left as it is where nothing in it is replaced. */
function mapJson<Value>(value: Value, source: PartSource, replace: Replace): Value {
  const json = JSON.stringify(value);
  if (json === undefined || json === '{}') return value;
  const replaced = replace(json, source, 'json');
  return replaced === json ? value : (JSON.parse(replaced) as Value);
}
