import { mayLoseDigits, memberJson } from '../../exact-json.ts';
import { elementsOf, memberText } from '../../json-edit.ts';
import type { Answer, Block } from '../../neutral/answer.ts';
import type { Proof } from '../../neutral/call.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { readFinish } from './finish.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** Only Claude signs its thoughts here, and its signatures hold wherever Claude runs. */
export function thoughtProof(value: unknown): Proof | undefined {
  return typeof value === 'string' && value !== '' ? { protocol: 'anthropic', value } : undefined;
}

/** A tool's call as it is opened; the tool that stands for the answer itself opens as text. */
export function openCall(call: Members): Block {
  const name = textOf(call.name) ?? '';
  if (name === OUTPUT_TOOL) return { kind: 'text', text: '' };
  if (call.type === 'server_tool_use') return { kind: 'other', protocol: 'bedrock', raw: { toolUse: call }, text: '' };
  return { kind: 'tool_call', id: textOf(call.toolUseId) ?? '', name, text: '' };
}

function readThought(thought: Members): Block {
  const { redactedContent, reasoningText } = thought;
  if (redactedContent !== undefined) {
    const proof = thoughtProof(redactedContent);
    return { kind: 'reasoning', text: '', redacted: true, ...(proof ? { proof } : {}) };
  }
  const given = isObject(reasoningText) ? reasoningText : {};
  const proof = thoughtProof(given.signature);
  return { kind: 'reasoning', text: textOf(given.text) ?? '', ...(proof ? { proof } : {}) };
}

function readCitations(cited: Members): Block {
  const pieces = Array.isArray(cited.content) ? cited.content : [];
  return { kind: 'text', text: pieces.map((piece) => (isObject(piece) ? (textOf(piece.text) ?? '') : '')).join('') };
}

function readImage(image: Members): Block | null {
  const bytes = isObject(image.source) ? textOf(image.source.bytes) : undefined;
  return bytes === undefined
    ? null
    : { kind: 'image', mediaType: `image/${textOf(image.format) ?? 'png'}`, text: bytes };
}

function readBlock(given: unknown, text: string | null): Block | null {
  if (!isObject(given)) return null;
  if (typeof given.text === 'string') return { kind: 'text', text: given.text };
  if (isObject(given.toolUse)) {
    const opened = openCall(given.toolUse);
    if (opened.kind === 'other') return opened;
    return { ...opened, text: memberJson(given.toolUse, text && memberText(text, 'toolUse'), 'input') };
  }
  if (isObject(given.reasoningContent)) return readThought(given.reasoningContent);
  if (isObject(given.citationsContent)) return readCitations(given.citationsContent);
  if (isObject(given.image)) return readImage(given.image);
  return { kind: 'other', protocol: 'bedrock', raw: given, text: '' };
}

function isUnwrapped(content: readonly unknown[]): boolean {
  const names = content.flatMap((block) => (isObject(block) && isObject(block.toolUse) ? [block.toolUse.name] : []));
  return names.length > 0 && names.every((name) => name === OUTPUT_TOOL);
}

function contentTexts(text: string): string[] {
  const message = memberText(memberText(text, 'output') ?? '', 'message') ?? '';
  return elementsOf(memberText(message, 'content') ?? '');
}

/** Reads a whole answer of Converse; `null` for what is none. */
export function readAnswer(text: string): Answer | null {
  const body = parseJson(text);
  if (!isObject(body) || !isObject(body.output) || !isObject(body.output.message)) return null;
  const { content } = body.output.message;
  if (!Array.isArray(content)) return null;
  const texts = mayLoseDigits(text) ? contentTexts(text) : null;
  const blocks = content.flatMap((block, i) => readBlock(block, texts && (texts[i] as string)) ?? []);
  const raw = textOf(body.stopReason);
  const fields = body.additionalModelResponseFields;
  const finish = raw === undefined ? null : readFinish(raw, isUnwrapped(content), fields);
  return { id: null, model: null, choices: [{ blocks, finish }], usage: readUsage(body.usage) };
}
