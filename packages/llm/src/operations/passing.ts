import type { Target } from '../codec.ts';
import { editObject } from '../json-edit.ts';
import type { ProviderError } from '../neutral/answer.ts';
import { tokenCount } from '../neutral/usage.ts';
import { isObject, parseJson, textOf } from '../object.ts';
import { countTokens } from '../token-count.ts';
import { audioSeconds } from './audio-length.ts';
import { readForm } from './multipart.ts';
import type { AnswerForm, OperationAnswer, OperationCall, OperationRequest, OperationView } from './operation.ts';
import { NO_UNITS, type OperationUnits, type OperationUsage, readOpenAiUsage, used } from './usage.ts';

/** Answers of transcripts that are plain text. */
const PLAIN = new Set(['text', 'srt', 'vtt']);

/** How an answer of OpenAI's comes. */
export function openAiForm({ operation, stream, body }: OperationCall): AnswerForm {
  if (stream) return 'events';
  if (operation === 'speech') return 'bytes';
  const format = textOf(body.response_format) ?? '';
  return (operation === 'transcription' || operation === 'audio_translation') && PLAIN.has(format) ? 'bytes' : 'json';
}

/** The client's bytes with the provider's name for the model. */
export function passBody(call: OperationCall, target: Target): OperationRequest {
  const { contentType, bytes } = call;
  const form = readForm(bytes, contentType);
  if (form !== null) return { contentType: form.contentType, body: form.with('model', target.model), losses: [] };
  if (target.model === call.body.model) return { contentType, body: bytes, losses: [] };
  const edit = { key: 'model', value: JSON.stringify(target.model), add: true };
  return { contentType, body: editObject(bytes.toString('utf8'), [edit]), losses: [] };
}

/** A provider's answer with the tenant's name for the model, where it names one. */
export function passAnswer(
  text: string,
  view: OperationView,
  usageOf: (body: Readonly<Record<string, unknown>>) => OperationUsage | null,
  readError: (text: string, status: number) => ProviderError | null,
): OperationAnswer | ProviderError | null {
  const body = parseJson(text);
  if (!isObject(body)) return null;
  if (isObject(body.error)) return readError(text, 502);
  const providerModel = textOf(body.model) ?? null;
  const edit = { key: 'model', value: JSON.stringify(view.model), add: false };
  return {
    text: providerModel === null || providerModel === view.model ? text : editObject(text, [edit]),
    usage: usageOf(body),
    providerModel,
  };
}

/** Usage in an answer of OpenAI's: tokens, seconds, pages, and pictures counted. */
export function openAiUsage(
  body: Readonly<Record<string, unknown>>,
  { operation }: OperationCall,
): OperationUsage | null {
  const usage = readOpenAiUsage(body.usage);
  if (operation.startsWith('image_')) return imageUsage(body, usage);
  if (operation === 'ocr' && isObject(body.usage_info))
    return used({ ...usage, pages: tokenCount(body.usage_info.pages_processed) });
  if (usage === null && typeof body.duration === 'number' && body.duration > 0)
    return used({ audioSeconds: body.duration });
  return usage;
}

/** Of a call that makes pictures: what it writes are pictures, unless the provider tells them apart. */
export function imageUsage(
  body: Readonly<Record<string, unknown>>,
  usage: OperationUsage | null,
): OperationUsage | null {
  const images = Array.isArray(body.data) ? body.data.length : null;
  if (usage === null && images === null) return null;
  const tokens = usage ?? used({});
  const told = isObject(body.usage) && isObject(body.usage.output_tokens_details);
  return {
    ...tokens,
    imageOutputTokens: told ? (tokens.imageOutputTokens ?? 0) : tokens.outputTokens,
    images,
    imageSize: textOf(body.size) ?? '',
    imageQuality: textOf(body.quality) ?? '',
  };
}

function texts(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const each of value as readonly unknown[]) texts(each, into);
  else if (isObject(value) && typeof value.text === 'string') into.push(value.text);
  else if (isObject(value) && isObject(value.content)) texts(value.content.parts, into);
}

/** Unicode code points. */
function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; count++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/** Documents that one search unit of reranking is good for. */
const DOCUMENTS_PER_SEARCH = 100;

/** What a call is counted in beside tokens, as far as its request tells. */
export function unitsAsked({ operation, body, bytes, contentType }: OperationCall): OperationUnits {
  switch (operation) {
    case 'speech':
      return { ...NO_UNITS, characters: characters(textOf(body.input) ?? '') };
    case 'image_generation':
    case 'image_edit':
    case 'image_variation': {
      // Forms have texts only.
      const count = Math.floor(Number(body.n ?? 1));
      const images = count >= 1 ? count : 1;
      return { ...NO_UNITS, images, imageSize: textOf(body.size) ?? '', imageQuality: textOf(body.quality) ?? '' };
    }
    case 'transcription':
    case 'audio_translation': {
      const file = readForm(bytes, contentType)?.file('file') ?? null;
      return { ...NO_UNITS, audioSeconds: file === null ? 0 : audioSeconds(file.bytes) };
    }
    case 'rerank': {
      const count = Array.isArray(body.documents) ? body.documents.length : 0;
      return { ...NO_UNITS, searchUnits: Math.max(1, Math.ceil(count / DOCUMENTS_PER_SEARCH)) };
    }
    case 'ocr':
      return { ...NO_UNITS, pages: Array.isArray(body.pages) ? body.pages.length : 1 };
    default:
      return NO_UNITS;
  }
}

/** What a call uses as far as its request tells. */
export function estimated(call: OperationCall): OperationUsage {
  const { operation, body } = call;
  const units = unitsAsked(call);
  if (operation === 'speech') return used({ ...units, inputTokens: countTokens(textOf(body.input) ?? '') });
  if (operation.startsWith('image_')) return used(units);
  const said: string[] = [];
  for (const member of [body.input, body.query, body.documents, body.content, body.requests]) texts(member, said);
  return used({ ...units, inputTokens: countTokens(said.join('\n')) });
}
