import type { Target } from '../codec.ts';
import { editObject } from '../json-edit.ts';
import type { ProviderError } from '../neutral/answer.ts';
import { isObject, parseJson, textOf } from '../object.ts';
import { countTokens } from '../token-count.ts';
import { readForm } from './multipart.ts';
import type { AnswerForm, OperationAnswer, OperationCall, OperationRequest, OperationView } from './operation.ts';
import { type OperationUsage, readOpenAiUsage, used } from './usage.ts';

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

/** Usage in an answer of OpenAI's: tokens, seconds, and pictures counted. */
export function openAiUsage(
  body: Readonly<Record<string, unknown>>,
  { operation }: OperationCall,
): OperationUsage | null {
  const usage = readOpenAiUsage(body.usage);
  const images = operation.startsWith('image_') && Array.isArray(body.data) ? body.data.length : 0;
  if (images > 0) return { ...(usage ?? used({})), images };
  if (usage === null && typeof body.duration === 'number' && body.duration > 0)
    return used({ audioSeconds: body.duration });
  return usage;
}

function texts(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const each of value as readonly unknown[]) texts(each, into);
  else if (isObject(value) && typeof value.text === 'string') into.push(value.text);
  else if (isObject(value) && isObject(value.content)) texts(value.content.parts, into);
}

/** What a call uses as far as its request tells. */
export function estimated({ operation, body }: OperationCall): OperationUsage {
  if (operation === 'speech') {
    const said = textOf(body.input) ?? '';
    return used({ characters: said.length, inputTokens: countTokens(said) });
  }
  if (operation.startsWith('image_'))
    return used({ images: typeof body.n === 'number' && body.n > 0 ? Math.floor(body.n) : 1 });
  const said: string[] = [];
  for (const member of [body.input, body.query, body.documents, body.content, body.requests]) texts(member, said);
  return used({ inputTokens: countTokens(said.join('\n')) });
}
