import type { CallIssue } from '../neutral/call.ts';
import { isObject, parseJson } from '../object.ts';
import { readForm } from './multipart.ts';
import type { OperationAddress, OperationCall } from './operation.ts';

function malformed(message: string): CallIssue {
  return { malformed: true, param: null, message };
}

/** Reads what every call beside chat needs; the rest is read where it is translated, or is the provider's to judge. */
export function readOperation(
  address: OperationAddress,
  contentType: string,
  bytes: Buffer,
): OperationCall | CallIssue {
  const isForm = /^multipart\/form-data\b/i.test(contentType);
  const body = isForm ? readForm(bytes, contentType)?.fields : parseJson(bytes.toString('utf8'));
  if (!isObject(body)) return malformed(isForm ? 'The body is no multipart form.' : 'The body must be a JSON object.');
  const { model = address.model, stream } = body;
  const name = address.model === '' ? model : address.model;
  if (typeof name !== 'string' || name === '') {
    return { malformed: false, param: 'model', message: '`model` must be the name of a model.' };
  }
  const streams = stream === true || stream === 'true' || body.stream_format === 'sse';
  return { ...address, model: name, stream: streams, contentType, bytes, body };
}
