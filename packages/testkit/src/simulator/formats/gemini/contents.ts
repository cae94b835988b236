import { GoogleError, invalidField } from './google-error.ts';
import type { Content, Part } from './request.ts';
import { checkSignature } from './signature.ts';

const DATA = [
  'text',
  'inlineData',
  'fileData',
  'functionCall',
  'functionResponse',
  'executableCode',
  'codeExecutionResult',
] as const;

const MIME_TYPES =
  /^(image\/(png|jpe?g|webp|heic|heif|gif)|audio\/[\w.+-]+|video\/[\w.+-]+|text\/[\w.+-]+|application\/(pdf|json|x-javascript|javascript|x-python|xml|rtf))/;

function checkPart(part: Part, where: string): void {
  const given = DATA.filter((name) => part[name] !== undefined);
  if (given.length === 0 && part.thoughtSignature === undefined) {
    throw invalidField(`${where}.data`, "required oneof field 'data' must have one initialized field");
  }
  if (given.length > 1) {
    throw new GoogleError(
      400,
      `Invalid value at '${where}' (oneof), oneof field 'data' is already set. Cannot set '${given[1]}'`,
    );
  }
  const { inlineData, fileData, functionCall, functionResponse } = part;
  const type = inlineData?.mimeType ?? fileData?.mimeType;
  if (inlineData && !type) throw invalidField(`${where}.inline_data.mime_type`, 'mime_type is required');
  if (fileData && !fileData.fileUri) throw invalidField(`${where}.file_data.file_uri`, 'file_uri is required');
  if (type !== undefined && !MIME_TYPES.test(type)) throw new GoogleError(400, `Unsupported MIME type: ${type}`);
  if (functionCall && !functionCall.name) {
    throw invalidField(`${where}.function_call.name`, 'Name cannot be empty.');
  }
  if (functionResponse && !functionResponse.name) {
    throw invalidField(`${where}.function_response.name`, 'Name cannot be empty.');
  }
  checkSignature(part);
}

const callsOf = (content: Content | undefined): Part[] => (content?.parts ?? []).filter((part) => part.functionCall);
const resultsOf = (content: Content | undefined): Part[] =>
  (content?.parts ?? []).filter((part) => part.functionResponse);

/** Calls follow a user's turn, results follow calls, as many as there were, each by the name of its call. */
function checkTurns(contents: readonly Content[]): void {
  for (const [at, content] of contents.entries()) {
    const before = contents[at - 1];
    const calls = callsOf(content);
    const results = resultsOf(content);
    if (calls.length > 0 && before === undefined) {
      throw new GoogleError(
        400,
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      );
    }
    const answered = callsOf(before);
    if (results.length > 0 && answered.length === 0) {
      throw new GoogleError(
        400,
        'Please ensure that function response turn comes immediately after a function call turn.',
      );
    }
    if (answered.length === results.length) continue;
    throw new GoogleError(
      400,
      'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
    );
  }
}

/** In the turn that is going on, the first call of each step carries the signature it came with. */
function checkSigned(contents: readonly Content[]): void {
  const asked = contents.findLastIndex((content) => content.role !== 'model' && resultsOf(content).length === 0);
  for (const [at, content] of contents.entries()) {
    const [first] = callsOf(content);
    if (at <= asked || !first || first.thoughtSignature) continue;
    throw new GoogleError(
      400,
      'Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, ' +
        'and missing thought_signature may lead to degraded model performance. Additional data, function call ' +
        `\`default_api:${first.functionCall?.name ?? ''}\` , position ${at + 1}. ` +
        'Please refer to https://ai.google.dev/gemini-api/docs/thought-signatures for more details.',
    );
  }
}

/** Checks the turns of a conversation. Throws GoogleError 400 in the API's words. */
export function checkContents(contents: readonly Content[], thinks: boolean): void {
  if (contents.length === 0) throw invalidField('contents', 'contents is not specified');
  for (const [at, content] of contents.entries()) {
    if (!['user', 'model', 'function', undefined].includes(content.role)) {
      throw new GoogleError(400, 'Please use a valid role: user, model.');
    }
    if (!content.parts?.length) throw invalidField(`contents[${at}].parts`, 'contents.parts must not be empty.');
    for (const [index, part] of content.parts.entries()) checkPart(part, `contents[${at}].parts[${index}]`);
  }
  if (contents.at(-1)?.role === 'model' && callsOf(contents.at(-1)).length > 0) {
    throw new GoogleError(400, 'Please ensure that function call turn is followed by a function response turn.');
  }
  checkTurns(contents);
  if (thinks) checkSigned(contents);
}
