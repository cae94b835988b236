import { checkContents } from './contents.ts';
import { type Dialect, generateRequest } from './fields.ts';
import { badRequest, GoogleError, invalidField } from './google-error.ts';
import type { Modality } from './media-output.ts';
import { type Message, readProto } from './proto-json.ts';
import { checkSchema, type GoogleSchema } from './schema.ts';

export interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly inlineData?: { readonly mimeType?: string; readonly data?: string };
  readonly fileData?: { readonly mimeType?: string; readonly fileUri?: string };
  readonly functionCall?: { readonly id?: string; readonly name?: string; readonly args?: Record<string, unknown> };
  readonly functionResponse?: { readonly id?: string; readonly name?: string; readonly response?: object };
  readonly executableCode?: unknown;
  readonly codeExecutionResult?: unknown;
}
export interface Content {
  readonly role?: string;
  readonly parts?: readonly Part[];
}
export interface FunctionDeclaration {
  readonly name?: string;
  readonly description?: string;
  readonly parameters?: GoogleSchema;
  readonly parametersJsonSchema?: Record<string, unknown>;
}
export interface GenerateRequest {
  readonly contents?: readonly Content[];
  readonly systemInstruction?: Content;
  readonly tools?: readonly { readonly functionDeclarations?: readonly FunctionDeclaration[] }[];
  readonly toolConfig?: {
    readonly functionCallingConfig?: { readonly mode?: string; readonly allowedFunctionNames?: readonly string[] };
  };
  readonly cachedContent?: string;
  readonly generationConfig?: {
    readonly temperature?: number;
    readonly topP?: number;
    readonly topK?: number;
    readonly candidateCount?: number;
    readonly maxOutputTokens?: number;
    readonly stopSequences?: readonly string[];
    readonly seed?: number;
    readonly responseModalities?: readonly Modality[];
    readonly responseMimeType?: string;
    readonly responseSchema?: GoogleSchema;
    readonly responseJsonSchema?: Record<string, unknown>;
    readonly thinkingConfig?: {
      readonly includeThoughts?: boolean;
      readonly thinkingBudget?: number;
      readonly thinkingLevel?: 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH';
    };
  };
}

/** Reads a body as a message. Throws GoogleError 400 naming every field that does not fit. */
export function readAs<T>(message: Message, body: unknown): T {
  const { read, violations } = readProto(message, body);
  if (violations.length > 0) throw badRequest(violations);
  return read as T;
}

type Config = NonNullable<GenerateRequest['generationConfig']>;

/** Ranges of numbers: least and most. */
const RANGES: readonly (readonly [keyof Config, string, number, number])[] = [
  ['temperature', 'temperature', 0, 2],
  ['topP', 'top_p', 0, 1],
  ['topK', 'top_k', 1, 1_000_000],
  ['candidateCount', 'candidate_count', 1, 8],
  ['maxOutputTokens', 'max_output_tokens', 1, 1_000_000],
];

function checkConfig(config: Config): void {
  for (const [name, field, least, most] of RANGES) {
    const value = config[name];
    if (typeof value !== 'number' || (value >= least && value <= most)) continue;
    throw invalidField(`generation_config.${field}`, `${field} must be in the range [${least}, ${most}].`);
  }
  if ((config.stopSequences?.length ?? 0) > 5) {
    throw invalidField('generation_config.stop_sequences', 'at most 5 stop sequences are allowed.');
  }
  const { responseMimeType: type = 'text/plain', responseSchema, responseJsonSchema, thinkingConfig } = config;
  if (!['text/plain', 'application/json', 'text/x.enum'].includes(type)) {
    throw invalidField(
      'generation_config.response_mime_type',
      'allowed mimetypes are `text/plain`, `application/json`, `application/xml`, `application/yaml` and `text/x.enum`.',
    );
  }
  if (responseSchema && responseJsonSchema) {
    throw new GoogleError(400, 'Only one of responseSchema and responseJsonSchema can be set.');
  }
  if ((responseSchema || responseJsonSchema) && type === 'text/plain') {
    throw invalidField(
      'generation_config.response_mime_type',
      'Response mime type must be application/json or text/x.enum when a response schema is set.',
    );
  }
  if (responseSchema) checkSchema(responseSchema, 'generation_config.response_schema');
  if (thinkingConfig?.thinkingBudget !== undefined && thinkingConfig.thinkingLevel !== undefined) {
    throw new GoogleError(400, 'You can only set only one of thinking budget and thinking level.');
  }
}

const FUNCTION_NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$/;
const NAME_RULE =
  'Invalid function name. Must start with a letter or an underscore. Must be alphanumeric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or dashes (-), with a maximum length of 64.';

/** All functions offered, of all tools. */
export function declarations(request: GenerateRequest): FunctionDeclaration[] {
  return (request.tools ?? []).flatMap((tool) => tool.functionDeclarations ?? []);
}

function checkTools(request: GenerateRequest): void {
  const seen = new Set<string>();
  for (const [at, tool] of (request.tools ?? []).entries()) {
    for (const [index, found] of (tool.functionDeclarations ?? []).entries()) {
      const where = `tools[${at}].function_declarations[${index}]`;
      const { name = '' } = found;
      if (!FUNCTION_NAME.test(name)) throw invalidField(`${where}.name`, NAME_RULE);
      if (seen.has(name)) throw new GoogleError(400, `Duplicate function declaration found: ${name}`);
      seen.add(name);
      if (found.parameters && found.parametersJsonSchema) {
        throw new GoogleError(400, 'Only one of parameters and parametersJsonSchema can be set.');
      }
      if (found.parameters && found.parameters.type !== 'OBJECT') {
        throw invalidField(`${where}.parameters`, 'schema should be of type OBJECT');
      }
      if (found.parameters) checkSchema(found.parameters, `${where}.parameters`);
    }
  }
  const { mode = 'AUTO', allowedFunctionNames: allowed = [] } = request.toolConfig?.functionCallingConfig ?? {};
  if (['ANY', 'VALIDATED'].includes(mode) && seen.size === 0) {
    throw new GoogleError(400, 'Function calling config is set without function_declarations.');
  }
  if (allowed.length > 0 && !['ANY', 'VALIDATED'].includes(mode)) {
    throw new GoogleError(400, 'Allowed function names can only be set when the function calling mode is ANY.');
  }
  const unknown = allowed.find((name) => !seen.has(name));
  if (unknown !== undefined) {
    throw new GoogleError(400, `allowed_function_names contains a name that is not declared: ${unknown}`);
  }
}

/** Checks a body of `generateContent`. `thinks` says whether this model and request think. Throws GoogleError 400. */
export function parseGenerateRequest(
  body: unknown,
  dialect: Dialect,
  thinks: (request: GenerateRequest) => boolean,
): GenerateRequest {
  const request = readAs<GenerateRequest>(generateRequest(dialect), body);
  checkConfig(request.generationConfig ?? {});
  if (request.cachedContent) throw new GoogleError(403, 'CachedContent not found (or permission denied)');
  checkTools(request);
  checkContents(request.contents ?? [], thinks(request));
  return request;
}
