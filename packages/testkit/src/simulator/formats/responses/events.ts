import { createHash } from 'node:crypto';
import type { OutputItem, ResponseBody, ResponseStatus } from './response-body.ts';

/** One server-sent event of a streamed response; its `type` is the event's name too. */
export interface ResponseEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly [field: string]: unknown;
}

type Unnumbered = { readonly type: string; readonly [field: string]: unknown };

/** How a text is cut into deltas: answers by token, arguments and summaries by some letters. */
export type Pieces = (item: OutputItem) => readonly string[];

/** Fragments of about eight characters, as models stream arguments. */
export function fragments(text: string): string[] {
  return text.match(/[\s\S]{1,8}/gu) ?? [];
}

function reasoningEvents(item: OutputItem & { type: 'reasoning' }, at: number): Unnumbered[] {
  const where = { item_id: item.id, output_index: at };
  const parts = item.summary.flatMap((part, summary_index): Unnumbered[] => {
    const place = { ...where, summary_index };
    return [
      {
        type: 'response.reasoning_summary_part.added',
        ...place,
        part: { type: 'summary_text', text: '' },
      },
      ...fragments(part.text).map((delta) => ({ type: 'response.reasoning_summary_text.delta', ...place, delta })),
      { type: 'response.reasoning_summary_text.done', ...place, text: part.text },
      { type: 'response.reasoning_summary_part.done', ...place, part },
    ];
  });
  const { encrypted_content: _, ...opened } = item;
  return [
    { type: 'response.output_item.added', output_index: at, item: { ...opened, summary: [] } },
    ...parts,
    { type: 'response.output_item.done', output_index: at, item },
  ];
}

function callEvents(item: OutputItem & { type: 'function_call' }, at: number): Unnumbered[] {
  const where = { item_id: item.id, output_index: at };
  return [
    { type: 'response.output_item.added', output_index: at, item: { ...item, arguments: '', status: 'in_progress' } },
    ...fragments(item.arguments).map((delta) => ({
      type: 'response.function_call_arguments.delta',
      ...where,
      delta,
    })),
    { type: 'response.function_call_arguments.done', ...where, arguments: item.arguments },
    { type: 'response.output_item.done', output_index: at, item },
  ];
}

function customCallEvents(item: OutputItem & { type: 'custom_tool_call' }, at: number): Unnumbered[] {
  const where = { item_id: item.id, output_index: at };
  return [
    { type: 'response.output_item.added', output_index: at, item: { ...item, input: '', status: 'in_progress' } },
    ...fragments(item.input).map((delta) => ({ type: 'response.custom_tool_call_input.delta', ...where, delta })),
    { type: 'response.custom_tool_call_input.done', ...where, input: item.input },
    { type: 'response.output_item.done', output_index: at, item },
  ];
}

function messageEvents(item: OutputItem & { type: 'message' }, at: number, pieces: readonly string[]): Unnumbered[] {
  const parts = item.content.flatMap((part, content_index): Unnumbered[] => {
    const where = { item_id: item.id, output_index: at, content_index };
    if (part.type === 'refusal') {
      return [
        { type: 'response.content_part.added', ...where, part: { type: 'refusal', refusal: '' } },
        ...pieces.map((delta) => ({ type: 'response.refusal.delta', ...where, delta })),
        { type: 'response.refusal.done', ...where, refusal: part.refusal },
        { type: 'response.content_part.done', ...where, part },
      ];
    }
    return [
      { type: 'response.content_part.added', ...where, part: { ...part, text: '', logprobs: [] } },
      ...pieces.map((delta, index) => ({
        type: 'response.output_text.delta',
        ...where,
        delta,
        logprobs: part.logprobs.slice(index, index + 1),
      })),
      { type: 'response.output_text.done', ...where, text: part.text, logprobs: part.logprobs },
      { type: 'response.content_part.done', ...where, part },
    ];
  });
  return [
    { type: 'response.output_item.added', output_index: at, item: { ...item, content: [], status: 'in_progress' } },
    ...parts,
    { type: 'response.output_item.done', output_index: at, item },
  ];
}

/** A response that is not done yet: no output, no usage. */
export function unfinished(final: ResponseBody, status: ResponseStatus): ResponseBody {
  return { ...final, status, output: [], usage: null, completed_at: null, error: null, incomplete_details: null };
}

/** Random letters that hide how long a delta is (`stream_options.include_obfuscation`), the same for the same place. */
function obfuscation(id: string, at: number): string {
  const noise = createHash('sha256').update(`${id}:${at}`).digest('base64url');
  return noise.slice(0, 1 + (noise.charCodeAt(0) % 15));
}

/**
 * The events of a streamed response, in OpenAI's order and numbered from 0: created, (queued,) in_progress, the items
 * one after another, and how it ended.
 */
export function responseEvents(
  final: ResponseBody,
  pieces: Pieces,
  settings: { readonly obfuscate: boolean; readonly background: boolean },
): ResponseEvent[] {
  const items = final.output.flatMap((item, at): Unnumbered[] => {
    if (item.type === 'reasoning') return reasoningEvents(item, at);
    if (item.type === 'custom_tool_call') return customCallEvents(item, at);
    return item.type === 'function_call' ? callEvents(item, at) : messageEvents(item, at, pieces(item));
  });
  const first = settings.background ? 'queued' : 'in_progress';
  const all: Unnumbered[] = [
    { type: 'response.created', response: unfinished(final, first) },
    ...(settings.background ? [{ type: 'response.queued', response: unfinished(final, 'queued') }] : []),
    { type: 'response.in_progress', response: unfinished(final, 'in_progress') },
    ...items,
    { type: `response.${final.status}`, response: final },
  ];
  return all.map(({ type, ...rest }, at) => ({
    type,
    sequence_number: at,
    ...rest,
    ...(settings.obfuscate && type.endsWith('.delta') ? { obfuscation: obfuscation(final.id, at) } : {}),
  }));
}
