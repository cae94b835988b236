import type { ClientCall, Target } from './codec.ts';
import { type Edit, editObject, elementsOf, memberText } from './json-edit.ts';
import type { Call, Protocol, Turn } from './neutral/call.ts';
import { isObject, parseJson } from './object.ts';
import { codecOf } from './ways.ts';

/** What was said before a request, and the instructions that hold for all of it. */
export interface History {
  readonly instructions: readonly string[];
  readonly turns: readonly Turn[];
}

/** Where a protocol has its turns, and its instructions where those stand apart. */
interface Form {
  readonly turns: string;
  readonly instructions?: string;
  /** Joins ours and the request's own, both as JSON texts or `null`. */
  join?(ours: string | null, own: string | null): string | null;
}

/** `system` is a text or an array of blocks. */
function joinBlocks(ours: string | null, own: string | null): string | null {
  const blocks = (text: string | null): string[] => {
    if (text === null || text === 'null') return [];
    const given = parseJson(text);
    return typeof given === 'string' ? [JSON.stringify({ type: 'text', text: given })] : elementsOf(text);
  };
  const all = [...blocks(ours), ...blocks(own)];
  return all.length === 0 ? null : `[${all.join(',')}]`;
}

/** `systemInstruction` is a content with parts, or a text. */
function joinParts(ours: string | null, own: string | null): string | null {
  const parts = (text: string | null): string[] => {
    const given = text === null ? undefined : parseJson(text);
    if (typeof given === 'string') return [JSON.stringify({ text: given })];
    return isObject(given) && text !== null ? elementsOf(memberText(text, 'parts') ?? '[]') : [];
  };
  const all = [...parts(ours), ...parts(own)];
  return all.length === 0 ? null : `{"parts":[${all.join(',')}]}`;
}

const FORMS: Partial<Readonly<Record<Protocol, Form>>> = {
  openai_chat: { turns: 'messages' },
  openai_responses: { turns: 'input' },
  anthropic: { turns: 'messages', instructions: 'system', join: joinBlocks },
  gemini: { turns: 'contents', instructions: 'systemInstruction', join: joinParts },
};

/** A request's own turns, each as JSON text: a plain text is what the user says. */
function ownTurns(text: string, member: string): string[] {
  const given = memberText(text, member);
  if (given === null || given === 'null') return [];
  if (given.trimStart().startsWith('"')) return [`{"role":"user","content":${given}}`];
  return elementsOf(given);
}

/** How many of these turns, from the first, are instructions. */
function leading(turns: readonly string[]): number {
  const at = turns.findIndex((turn) => {
    const given = parseJson(turn);
    return !isObject(given) || (given.role !== 'system' && given.role !== 'developer');
  });
  return at === -1 ? turns.length : at;
}

function written(call: ClientCall, turns: readonly Turn[], member: string): string[] {
  const provider = codecOf(call.protocol)?.provider ?? null;
  if (provider === null || turns.length === 0) return [];
  const target: Target = { model: call.model, maxOutputTokens: null, quirks: {} };
  const neutral: Call = { protocol: call.protocol, model: call.model, stream: false, turns, tools: [], extra: {} };
  return elementsOf(memberText(provider.write(neutral, target).body, member) ?? '[]');
}

function writtenInstructions(call: ClientCall, { instructions }: History, member: string): string | null {
  const provider = codecOf(call.protocol)?.provider ?? null;
  if (provider === null || instructions.length === 0) return null;
  const said: Turn = { role: 'user', parts: [{ kind: 'text', text: '…' }] };
  const turns = [...instructions.map(instruction), said];
  const target: Target = { model: call.model, maxOutputTokens: null, quirks: {} };
  const neutral: Call = { protocol: call.protocol, model: call.model, stream: false, turns, tools: [], extra: {} };
  return memberText(provider.write(neutral, target).body, member);
}

/** How many turns of its own a request brings, instructions among them left out: the last ones once history is before them. */
export function ownTurnCount(call: ClientCall): number {
  const form = FORMS[call.protocol];
  if (form === undefined) return 0;
  const own = ownTurns(call.text, form.turns);
  return own.length - leading(own);
}

/** The request with its last `count` turns only. */
export function onlyOwnTurns(call: ClientCall, count: number): ClientCall | null {
  const form = FORMS[call.protocol];
  if (form === undefined) return null;
  const own = ownTurns(call.text, form.turns);
  const kept = own.slice(Math.max(0, own.length - count));
  const text = editObject(call.text, [{ key: form.turns, value: `[${kept.join(',')}]`, add: true }]);
  const body = parseJson(text);
  return isObject(body) ? { ...call, text, body } : null;
}

function instruction(text: string): Turn {
  return { role: 'system', parts: [{ kind: 'text', text }] };
}

/**
 * The request with what was said before, in its own protocol (docs/context-protocol.md, CP-6.1 and CP-6.9): instructions of the
 * history, those of the request, the history's turns, the request's. Every other byte stays. What the protocol cannot carry of
 * the history is left out. With `before`, the history's turns stand before the request's last so many instead. `null` for a protocol that clients do not speak.
 */
export function withHistory(call: ClientCall, history: History, before?: number): ClientCall | null {
  const form = FORMS[call.protocol];
  if (form === undefined) return null;
  const own = ownTurns(call.text, form.turns);
  const apart = form.instructions !== undefined && form.join !== undefined;
  const own1 = apart ? 0 : leading(own);
  const ours = apart ? [] : written(call, history.instructions.map(instruction), form.turns);
  const at = before === undefined ? own1 : Math.max(own1, own.length - before);
  const said = written(call, history.turns, form.turns);
  const turns = [...ours, ...own.slice(0, at), ...said, ...own.slice(at)];
  const edits: Edit[] = [{ key: form.turns, value: `[${turns.join(',')}]`, add: true }];
  if (form.instructions !== undefined && form.join !== undefined && history.instructions.length > 0) {
    const member = ownName(call, form.instructions);
    const given = memberText(call.text, member);
    const value = form.join(writtenInstructions(call, history, form.instructions), given);
    if (value !== null) edits.push({ key: member, value, add: true });
  }
  const text = editObject(call.text, edits);
  const body = parseJson(text);
  return isObject(body) ? { ...call, text, body } : null;
}

/** Google's clients may write members in snake case. */
function ownName({ body }: ClientCall, name: string): string {
  return name === 'systemInstruction' && body['system_instruction'] !== undefined ? 'system_instruction' : name;
}
