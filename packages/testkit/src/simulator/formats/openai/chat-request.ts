import { z } from 'zod';
import { ApiError, invalidRequest } from './api-error.ts';
import { checkStrictSchema } from './strict-schema.ts';

/**
 * The body of `POST /v1/chat/completions` as far as the simulator uses it (OpenAI API reference, Chat Completions).
 * Fields it does not know are accepted and ignored, so that a gateway may pass anything through.
 */
const text = z.object({ type: z.literal('text'), text: z.string() });
const image = z.object({
  type: z.literal('image_url'),
  image_url: z.object({
    url: z.string().regex(/^(https?:\/\/|data:image\/)/, 'expected an http(s) URL or a data URL of an image'),
    detail: z.enum(['auto', 'low', 'high']).optional(),
  }),
});
const audio = z.object({
  type: z.literal('input_audio'),
  input_audio: z.object({ data: z.base64().min(1), format: z.enum(['wav', 'mp3']) }),
});
const file = z.object({
  type: z.literal('file'),
  file: z
    .object({ file_data: z.string().optional(), file_id: z.string().optional(), filename: z.string().optional() })
    .refine((given) => given.file_data ?? given.file_id, 'expected file_data or file_id'),
});
const CONTENT = { error: 'expected a string or an array of content parts' };
const textContent = z.union([z.string(), z.array(text).min(1)], CONTENT);
const jsonSchema = z.record(z.string(), z.unknown());
const toolName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, "expected a name that matches '^[a-zA-Z0-9_-]{1,64}$'");

const message = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: textContent, name: z.string().optional() }),
  z.object({
    role: z.literal('user'),
    content: z.union([z.string(), z.array(z.discriminatedUnion('type', [text, image, audio, file])).min(1)], CONTENT),
    name: z.string().optional(),
  }),
  z.object({
    role: z.literal('assistant'),
    content: z.union([z.string(), z.array(z.looseObject({ type: z.string() }))]).nullish(),
    refusal: z.string().nullish(),
    name: z.string().optional(),
    tool_calls: z
      .array(
        z.object({
          id: z.string(),
          type: z.literal('function'),
          function: z.object({ name: z.string(), arguments: z.string() }),
        }),
      )
      .min(1)
      .optional(),
  }),
  z.object({ role: z.literal('tool'), content: textContent, tool_call_id: z.string() }),
]);

const tool = z.object({
  type: z.literal('function'),
  function: z.object({
    name: toolName,
    description: z.string().optional(),
    parameters: jsonSchema.optional(),
    strict: z.boolean().nullish(),
  }),
});

const count = (max: number) => z.number().int().min(1).max(max).nullish();

export const chatRequestSchema = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  n: count(128),
  stop: z.union([z.string(), z.array(z.string()).max(4)]).nullish(),
  modalities: z
    .array(z.enum(['text', 'audio']))
    .min(1)
    .nullish(),
  audio: z
    .object({
      voice: z.union([z.string(), z.object({ id: z.string() })]),
      format: z.enum(['wav', 'mp3', 'pcm16'], 'expected wav, mp3 or pcm16: the simulator makes no other'),
    })
    .nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  max_tokens: count(1_000_000),
  max_completion_tokens: count(1_000_000),
  seed: z.number().int().nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(-2).max(2).nullish(),
  frequency_penalty: z.number().min(-2).max(2).nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  reasoning_effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
  tools: z.array(tool).min(1).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) }),
      z.object({
        type: z.literal('allowed_tools'),
        allowed_tools: z.object({
          mode: z.enum(['auto', 'required']),
          tools: z.array(z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) })).min(1),
        }),
      }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.object({ type: z.literal('text') }),
      z.object({ type: z.literal('json_object') }),
      z.object({
        type: z.literal('json_schema'),
        json_schema: z.object({ name: toolName, schema: jsonSchema.optional(), strict: z.boolean().nullish() }),
      }),
    ])
    .nullish(),
});
export type ChatRequest = z.infer<typeof chatRequestSchema>;
export type ChatMessage = ChatRequest['messages'][number];

/** Text of a message: parts joined with a blank, images left out. */
export function messageText(message: ChatMessage): string {
  const { content } = message;
  if (typeof content === 'string') return content;
  return (content ?? [])
    .flatMap((part) => ('text' in part && typeof part.text === 'string' ? [part.text] : []))
    .join(' ');
}

/** Tool messages must answer the calls of the assistant turn before them, each call once, none left out. */
function checkToolOrder(messages: readonly ChatMessage[]): void {
  let open: Set<string> | null = null;
  for (const [at, found] of messages.entries()) {
    if (found.role === 'tool') {
      if (!open?.delete(found.tool_call_id)) {
        throw new ApiError(
          400,
          "Invalid parameter: messages with role 'tool' must be a response to a preceding message with 'tool_calls'.",
          { param: `messages.[${at}].role` },
        );
      }
      continue;
    }
    if (open && open.size > 0) break;
    open = found.role === 'assistant' && found.tool_calls ? new Set(found.tool_calls.map((call) => call.id)) : null;
  }
  if (open && open.size > 0) {
    throw new ApiError(
      400,
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
        `The following tool_call_ids did not have response messages: ${[...open].join(', ')}`,
      { param: 'messages' },
    );
  }
}

function checkTools(request: ChatRequest): void {
  const choice = typeof request.tool_choice === 'object' ? request.tool_choice : null;
  const named = choice?.type === 'function' ? choice.function.name : undefined;
  if (request.tool_choice && request.tool_choice !== 'none' && !request.tools) {
    throw new ApiError(400, "'tool_choice' is only allowed when 'tools' are specified.", { param: 'tool_choice' });
  }
  if (named !== undefined && !request.tools?.some((found) => found.function.name === named)) {
    throw new ApiError(400, `Tool choice '${named}' not found in 'tools' parameter.`, { param: 'tool_choice' });
  }
}

function checkSchemas(request: ChatRequest): void {
  const format = request.response_format;
  if (format?.type === 'json_schema' && format.json_schema.strict) {
    checkStrictSchema(format.json_schema.schema, format.json_schema.name, 'response_format');
  }
  for (const { function: found } of request.tools ?? []) {
    if (found.strict) checkStrictSchema(found.parameters, found.name, 'function');
  }
}

function checkFormat(request: ChatRequest): void {
  const format = request.response_format;
  if (format?.type === 'json_object' && !request.messages.some((found) => /json/i.test(messageText(found)))) {
    throw new ApiError(
      400,
      "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.",
      { param: 'messages' },
    );
  }
}

function checkAudio({ modalities, audio: asked, stream }: ChatRequest): void {
  const said = modalities?.includes('audio') ?? false;
  if (said && !asked) {
    throw new ApiError(400, "Missing required parameter: 'audio'.", {
      param: 'audio',
      code: 'missing_required_parameter',
    });
  }
  if (asked && !said) {
    throw new ApiError(400, "'audio' is only allowed when 'modalities' includes 'audio'.", { param: 'audio' });
  }
  if (stream && asked && asked.format !== 'pcm16') {
    const message = `Unsupported value: 'audio.format' does not support '${asked.format}' when stream=true. Supported values are: 'pcm16'.`;
    throw new ApiError(400, message, { param: 'audio.format', code: 'unsupported_value' });
  }
}

/** Checks a parsed body. Throws ApiError 400 naming the parameter, as OpenAI does. */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = chatRequestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const request = parsed.data;
  if (request.stream_options && !request.stream) {
    throw new ApiError(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
  if (request.max_tokens && request.max_completion_tokens) {
    throw new ApiError(
      400,
      "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported. Use one of them.",
      { param: 'max_tokens', code: 'invalid_parameter_combination' },
    );
  }
  checkAudio(request);
  if (request.top_logprobs && !request.logprobs) {
    throw new ApiError(400, "The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", {
      param: 'top_logprobs',
    });
  }
  checkToolOrder(request.messages);
  checkTools(request);
  checkFormat(request);
  checkSchemas(request);
  return request;
}
