import { estimateInputTokens } from '../../estimate.ts';
import type { CallIssue } from '../../neutral/call.ts';
import { isObject, parseJson } from '../../object.ts';
import { field, type Json, objectField } from './field.ts';

/** What Gemini counts for a picture of ordinary size, and for each page of a document. */
const TOKENS_PER_MEDIUM = 258;
const MAX_MEDIA = 10_000;

function media(contents: unknown): number {
  let count = 0;
  for (const content of Array.isArray(contents) ? contents : [contents]) {
    const parts = isObject(content) ? content.parts : undefined;
    if (!Array.isArray(parts)) continue;
    for (const part of parts)
      if (isObject(part) && (objectField(part, 'inlineData') ?? objectField(part, 'fileData'))) count++;
  }
  return Math.min(count, MAX_MEDIA);
}

/**
 * Answers `countTokens` with an estimate: no provider is asked, so it is the same for any model. The request may be inside
 * `generateContentRequest`. Media count as one picture each.
 */
export function countTokensBody(text: string): string | CallIssue {
  const body = parseJson(text);
  if (!isObject(body)) return { malformed: true, param: null, message: 'The body must be a JSON object.' };
  const request: Json = objectField(body, 'generateContentRequest') ?? body;
  const { contents } = request;
  if (!Array.isArray(contents) && !isObject(contents)) {
    return { malformed: false, param: 'contents', message: '`contents` must be an array of contents.' };
  }
  const systemInstruction = field(request, 'systemInstruction');
  const texts = estimateInputTokens({ contents, systemInstruction, tools: request.tools });
  const images = media(contents) * TOKENS_PER_MEDIUM;
  const promptTokensDetails = [{ modality: 'TEXT', tokenCount: texts }];
  if (images > 0) promptTokensDetails.push({ modality: 'IMAGE', tokenCount: images });
  return JSON.stringify({ totalTokens: texts + images, promptTokensDetails });
}
