import { isUtf8 } from 'node:buffer';
import type { OperationName } from '@parley/llm/operations/operation';
import { readOperation } from '@parley/llm/operations/read-operation';
import type { Exchange } from '../exchange.ts';
import { type Refusal, refusal } from '../refusals.ts';
import { callIssue } from './read-chat.ts';
import { checkJsonType, readPlain } from './read-json.ts';

/** Operations whose clients send files, as forms. */
const WITH_FILES: ReadonlySet<OperationName> = new Set([
  'image_edit',
  'image_variation',
  'transcription',
  'audio_translation',
]);
const FORM = /^multipart\/form-data\b/i;

/** Reads the body of a call beside chat: JSON, or a form where files belong to it. Its bytes stay as they came. */
export async function readOperationCall(exchange: Exchange): Promise<Refusal | null> {
  const address = exchange.modelPath?.beside ?? null;
  if (address === null) return refusal('route_not_found');
  const isForm = WITH_FILES.has(address.operation) && FORM.test(exchange.contentType);
  const refused = (isForm ? null : checkJsonType(exchange)) ?? (await readPlain(exchange));
  if (refused !== null) return refused;
  const bytes = exchange.body ?? Buffer.alloc(0);
  if (!isForm && !isUtf8(bytes)) return refusal('malformed_json', { message: 'The body is not valid UTF-8.' });
  const read = readOperation(address, isForm ? exchange.contentType : 'application/json', bytes);
  if ('malformed' in read) return callIssue(read);
  exchange.operation = read;
  exchange.stream = read.stream;
  return null;
}
