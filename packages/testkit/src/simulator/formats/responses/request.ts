import { z } from 'zod';
import { ApiError, invalidRequest } from '../openai/api-error.ts';
import { checkStrictSchema } from '../openai/strict-schema.ts';
import { type InputItem, parseInputItem } from './input-items.ts';

/** The body of `POST /v1/responses` (OpenAI API reference, Responses). Unlike Chat Completions it refuses what it does not know. */
const jsonSchema = z.record(z.string(), z.unknown());
const schemaName = z.string().regex(/^[a-zA-Z0-9_-]{1,64}$/, "expected a name that matches '^[a-zA-Z0-9_-]+$'");

const functionTool = z.strictObject({
  type: z.literal('function'),
  name: schemaName,
  description: z.string().nullish(),
  parameters: jsonSchema.nullish(),
  strict: z.boolean().nullish(),
});
export type FunctionTool = z.infer<typeof functionTool>;

const customTool = z.strictObject({
  type: z.literal('custom'),
  name: schemaName,
  description: z.string().nullish(),
  format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('grammar'), syntax: z.enum(['lark', 'regex']), definition: z.string() }),
    ])
    .optional(),
});

/** Tools that run at the provider: taken, echoed, never used by the simulator. */
const HOSTED = [
  'web_search',
  'web_search_preview',
  'file_search',
  'code_interpreter',
  'image_generation',
  'local_shell',
  'shell',
  'apply_patch',
  'mcp',
] as const;
const tool = z.union([functionTool, customTool, z.looseObject({ type: z.enum(HOSTED) })]);

const format = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({ type: z.literal('json_object') }),
  z.strictObject({
    type: z.literal('json_schema'),
    name: schemaName,
    schema: jsonSchema,
    description: z.string().nullish(),
    strict: z.boolean().nullish(),
  }),
]);

const INCLUDABLE = [
  'reasoning.encrypted_content',
  'message.output_text.logprobs',
  'message.input_image.image_url',
  'file_search_call.results',
  'web_search_call.results',
  'web_search_call.action.sources',
  'code_interpreter_call.outputs',
  'computer_call_output.output.image_url',
] as const;

const responseRequestSchema = z.strictObject({
  model: z.string(),
  input: z.union([z.string(), z.array(z.unknown())]).optional(),
  instructions: z.string().nullish(),
  previous_response_id: z.string().nullish(),
  conversation: z.union([z.string(), z.strictObject({ id: z.string() })]).nullish(),
  store: z.boolean().nullish(),
  background: z.boolean().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.strictObject({ include_obfuscation: z.boolean().optional() }).nullish(),
  include: z.array(z.enum(INCLUDABLE)).nullish(),
  tools: z.array(tool).max(128).nullish(),
  tool_choice: z
    .union([
      z.enum(['none', 'auto', 'required']),
      z.strictObject({ type: z.enum(['function', 'custom']), name: z.string() }),
      z.strictObject({
        type: z.literal('allowed_tools'),
        mode: z.enum(['auto', 'required']),
        tools: z.array(z.looseObject({ type: z.string() })).min(1),
      }),
    ])
    .nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  max_tool_calls: z.number().int().min(1).nullish(),
  max_output_tokens: z.number().int().min(16).nullish(),
  reasoning: z
    .strictObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
      generate_summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  text: z.strictObject({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.number().int().min(0).max(20).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  user: z.string().nullish(),
  safety_identifier: z.string().max(64).nullish(),
  prompt_cache_key: z.string().max(1024).nullish(),
  prompt_cache_retention: z.enum(['in_memory', '24h']).nullish(),
  service_tier: z.enum(['auto', 'default', 'flex', 'scale', 'priority']).nullish(),
});
export type ResponseRequest = Omit<z.infer<typeof responseRequestSchema>, 'input'> & { input: readonly InputItem[] };

/** Names of Chat Completions that clients carry over, and where OpenAI says they went. */
const MOVED: Readonly<Record<string, string>> = {
  messages: 'input',
  max_tokens: 'max_output_tokens',
  max_completion_tokens: 'max_output_tokens',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
  verbosity: 'text.verbosity',
};

function checkMoved(body: unknown): void {
  for (const name of Object.keys(body ?? {})) {
    const place = Object.hasOwn(MOVED, name) ? MOVED[name] : undefined;
    if (place === undefined) continue;
    const why = `In the Responses API, this parameter has moved to '${place}'. Try again with the new parameter.`;
    throw new ApiError(400, `Unsupported parameter: '${name}'. ${why}`, { param: name, code: 'unsupported_parameter' });
  }
}

function checkTools({ tools, tool_choice: choice }: z.infer<typeof responseRequestSchema>): void {
  for (const [at, found] of (tools ?? []).entries()) {
    if (found.type !== 'function') continue;
    const { name, parameters, strict } = found;
    if (strict === true) checkStrictSchema(parameters, name, `tools[${at}].parameters`);
  }
  const named = typeof choice === 'object' && choice?.type !== 'allowed_tools' ? choice?.name : undefined;
  const known = tools?.some((found) => 'name' in found && found.name === named);
  if (named !== undefined && !known) {
    throw new ApiError(400, `Tool choice '${named}' not found in 'tools' parameter.`, { param: 'tool_choice' });
  }
  if (choice === 'required' && !tools?.length) {
    throw new ApiError(400, "Tool choice 'required' must be specified with 'tools' parameter.", {
      param: 'tool_choice',
    });
  }
}

function checkTogether(request: z.infer<typeof responseRequestSchema>): void {
  if (request.input === undefined && !request.previous_response_id) {
    throw new ApiError(400, "Missing required parameter: 'input'.", {
      param: 'input',
      code: 'missing_required_parameter',
    });
  }
  if (request.conversation) {
    const id = typeof request.conversation === 'string' ? request.conversation : request.conversation.id;
    throw new ApiError(404, `Conversation with id '${id}' not found.`, { param: 'conversation' });
  }
  if (request.background && request.store === false) {
    throw new ApiError(400, "Background mode requires 'store' to be true.", { param: 'background' });
  }
  if (Object.keys(request.metadata ?? {}).length > 16) {
    throw new ApiError(400, "Invalid 'metadata': too many properties. Expected at most 16.", {
      param: 'metadata',
      code: 'object_above_max_properties',
    });
  }
  if (request.stream_options && !request.stream) {
    throw new ApiError(400, "The 'stream_options' parameter is only allowed when 'stream' is enabled.", {
      param: 'stream_options',
    });
  }
}

function checkFormat(request: z.infer<typeof responseRequestSchema>): void {
  const asked = request.text?.format;
  if (asked?.type === 'json_schema' && asked.strict === true) {
    checkStrictSchema(asked.schema, asked.name, 'text.format.schema');
  }
  const said = JSON.stringify([request.input, request.instructions ?? '']);
  if (asked?.type === 'json_object' && !/json/i.test(said)) {
    throw new ApiError(
      400,
      "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
      { param: 'input' },
    );
  }
}

/** Checks a parsed body. Throws ApiError 400 naming the parameter, as OpenAI does. */
export function parseResponseRequest(body: unknown): ResponseRequest {
  checkMoved(body);
  const parsed = responseRequestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const request = parsed.data;
  checkTogether(request);
  checkTools(request);
  checkFormat(request);
  const { input = [] } = request;
  const items = typeof input === 'string' ? [{ type: 'message', role: 'user', content: input }] : input;
  return { ...request, input: items.map((item, at) => parseInputItem(item, at)) };
}
