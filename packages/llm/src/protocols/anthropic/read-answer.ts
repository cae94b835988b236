import { mayLoseDigits, memberJson } from '../../exact-json.ts';
import { elementsOf, memberText } from '../../json-edit.ts';
import type { Answer, Block, ProviderError } from '../../neutral/answer.ts';
import { OUTPUT_TOOL } from '../../neutral/output-tool.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { readErrorObject } from './errors.ts';
import { readFinish } from './finish.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** A content block as it is opened: with all it has, but for the texts that come as deltas in a stream. */
export function openBlock(block: Members): Block {
  switch (block.type) {
    case 'text': {
      const annotations = Array.isArray(block.citations) ? block.citations.flatMap(annotation) : [];
      return { kind: 'text', text: '', ...(annotations.length > 0 ? { annotations } : {}) };
    }
    case 'thinking':
      return { kind: 'reasoning', text: '' };
    case 'redacted_thinking':
      return { kind: 'reasoning', text: '', redacted: true };
    case 'tool_use': {
      const name = textOf(block.name) ?? '';
      if (name === OUTPUT_TOOL) return { kind: 'text', text: '' };
      return { kind: 'tool_call', id: textOf(block.id) ?? '', name, text: '' };
    }
    default:
      return { kind: 'other', protocol: 'anthropic', raw: block, text: '' };
  }
}

/** A citation of the web in the form that OpenAI's clients know; those of documents have none there. */
function annotation(citation: unknown): unknown[] {
  if (!isObject(citation) || typeof citation.url !== 'string') return [];
  return [{ type: 'url_citation', url_citation: { url: citation.url, title: textOf(citation.title) ?? '' } }];
}

/** The text of a whole block: words, thoughts, or arguments. */
export function blockText(block: Members, text: string | null): string {
  if (block.type === 'text') return textOf(block.text) ?? '';
  if (block.type === 'thinking') return textOf(block.thinking) ?? '';
  return block.type === 'tool_use' ? memberJson(block, text, 'input') : '';
}

/** The proof of a thought; `undefined` where it has none. */
export function blockProof(block: Members): string | undefined {
  return textOf(block.type === 'redacted_thinking' ? block.data : block.signature) || undefined;
}

/** True where the only tools called stand for the answer itself. */
export function isUnwrapped(content: readonly unknown[]): boolean {
  const names = content.flatMap((block) => (isObject(block) && block.type === 'tool_use' ? [block.name] : []));
  return names.length > 0 && names.every((name) => name === OUTPUT_TOOL);
}

function readBlock(given: unknown, text: string | null): Block | null {
  if (!isObject(given)) return null;
  const block = openBlock(given);
  block.text = blockText(given, text);
  const value = block.kind === 'reasoning' ? blockProof(given) : undefined;
  return value === undefined ? block : ({ ...block, proof: { protocol: 'anthropic', value } } as Block);
}

/** Reads a whole message; an error in a 200 as such; `null` for what is neither. */
export function readAnswer(text: string): Answer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (body.type === 'error') return readErrorObject(body, null);
  const { content } = body;
  if (!Array.isArray(content)) return null;
  const texts = mayLoseDigits(text) ? elementsOf(memberText(text, 'content') ?? '') : null;
  const blocks = content.flatMap((block, i) => readBlock(block, texts && (texts[i] as string)) ?? []);
  const raw = textOf(body.stop_reason);
  const finish = raw === undefined ? null : readFinish(raw, body.stop_sequence, isUnwrapped(content));
  return {
    id: textOf(body.id) ?? null,
    model: textOf(body.model) ?? null,
    choices: [{ blocks, finish }],
    usage: readUsage(body.usage),
  };
}
