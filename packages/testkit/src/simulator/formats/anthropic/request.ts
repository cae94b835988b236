import { z } from 'zod';

/** The body of `POST /v1/messages` (Anthropic API reference, Messages; types of `@anthropic-ai/sdk`), strictly. */
const cacheControl = z.strictObject({ type: z.literal('ephemeral'), ttl: z.enum(['5m', '1h']).optional() }).nullish();
const unknownRecord = z.record(z.string(), z.unknown());

const text = z.strictObject({
  type: z.literal('text'),
  text: z.string(),
  cache_control: cacheControl,
  citations: z.array(unknownRecord).nullish(),
});

const urlSource = z.strictObject({ type: z.literal('url'), url: z.string() });
const fileSource = z.strictObject({ type: z.literal('file'), file_id: z.string() });
const image = z.strictObject({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.strictObject({
      type: z.literal('base64'),
      media_type: z.enum(['image/jpeg', 'image/png', 'image/gif', 'image/webp']),
      data: z.string(),
    }),
    urlSource,
    fileSource,
  ]),
  cache_control: cacheControl,
  transformations: unknownRecord.nullish(),
});

const citations = z.strictObject({ enabled: z.boolean().optional() }).nullish();
const document = z.strictObject({
  type: z.literal('document'),
  source: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('base64'), media_type: z.literal('application/pdf'), data: z.string() }),
    z.strictObject({ type: z.literal('text'), media_type: z.literal('text/plain'), data: z.string() }),
    z.strictObject({ type: z.literal('content'), content: z.union([z.string(), z.array(z.union([text, image]))]) }),
    urlSource,
    fileSource,
  ]),
  cache_control: cacheControl,
  citations,
  context: z.string().nullish(),
  title: z.string().nullish(),
});
const searchResult = z.strictObject({
  type: z.literal('search_result'),
  content: z.array(text),
  source: z.string(),
  title: z.string(),
  cache_control: cacheControl,
  citations,
});

const toolUse = z.strictObject({
  type: z.literal('tool_use'),
  id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  name: z.string().min(1).max(200),
  input: unknownRecord,
  cache_control: cacheControl,
  caller: unknownRecord.optional(),
  toolset_name: z.string().nullish(),
});
const toolReference = z.strictObject({ type: z.literal('tool_reference'), tool_name: z.string() });
const toolResult = z.strictObject({
  type: z.literal('tool_result'),
  tool_use_id: z.string().regex(/^[a-zA-Z0-9_-]+$/),
  content: z
    .union([z.string(), z.array(z.discriminatedUnion('type', [text, image, searchResult, document, toolReference]))])
    .optional(),
  is_error: z.boolean().optional(),
  cache_control: cacheControl,
  toolset_name: z.string().nullish(),
});
const thinkingBlock = z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() });
const redactedThinking = z.strictObject({ type: z.literal('redacted_thinking'), data: z.string() });

/** Blocks of server tools, taken as they are: the simulator calls none. */
const serverBlock = z.looseObject({
  type: z.enum([
    'server_tool_use',
    'web_search_tool_result',
    'web_fetch_tool_result',
    'code_execution_tool_result',
    'bash_code_execution_tool_result',
    'text_editor_code_execution_tool_result',
    'tool_search_tool_result',
    'mcp_tool_use',
    'mcp_tool_result',
    'container_upload',
  ]),
  cache_control: cacheControl,
});

const block = z.discriminatedUnion('type', [
  text,
  image,
  document,
  searchResult,
  toolUse,
  toolResult,
  thinkingBlock,
  redactedThinking,
  serverBlock,
]);
export type Block = z.infer<typeof block>;

const message = z.strictObject({
  role: z.enum(['user', 'assistant', 'system']),
  content: z.union([z.string(), z.array(block)]),
});

const toolExtras = {
  cache_control: cacheControl,
  allowed_callers: z.array(z.string()).optional(),
  defer_loading: z.boolean().optional(),
  strict: z.boolean().optional(),
};
const customTool = z.strictObject({
  type: z.literal('custom').nullish(),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/),
  description: z.string().optional(),
  input_schema: z.looseObject({ type: z.literal('object') }),
  eager_input_streaming: z.boolean().nullish(),
  input_examples: z.array(unknownRecord).optional(),
  ...toolExtras,
});
/** Tools Anthropic defines: `bash_20250124`, `web_search_20250305`, … */
const definedTool = z.looseObject({ type: z.string().regex(/^[a-z_]+_\d{8}$/), ...toolExtras });

const thinking = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('enabled'),
    budget_tokens: z.number().int().min(1024),
    display: z.enum(['summarized', 'omitted']).nullish(),
  }),
  z.strictObject({ type: z.literal('adaptive'), display: z.enum(['summarized', 'omitted']).nullish() }),
  z.strictObject({ type: z.literal('between_tools') }),
  z.strictObject({ type: z.literal('disabled') }),
]);

const parallel = { disable_parallel_tool_use: z.boolean().optional() };
const toolChoice = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('auto'), ...parallel }),
  z.strictObject({ type: z.literal('any'), ...parallel }),
  z.strictObject({ type: z.literal('tool'), name: z.string(), ...parallel }),
  z.strictObject({ type: z.literal('none') }),
]);

const format = z.strictObject({ type: z.literal('json_schema'), schema: unknownRecord });

const shared = {
  model: z.string(),
  messages: z.array(message),
  system: z.union([z.string(), z.array(text)]).optional(),
  tools: z.array(z.union([customTool, definedTool])).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinking.optional(),
  output_config: z
    .strictObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(), format: format.nullish() })
    .optional(),
  cache_control: cacheControl,
  speed: z.enum(['standard', 'fast']).nullish(),
};

const messagesFields = {
  ...shared,
  max_tokens: z.number().int().min(0).max(1_000_000),
  metadata: z.strictObject({ user_id: z.string().max(512).nullish() }).optional(),
  stop_sequences: z.array(z.string()).max(8191).optional(),
  stream: z.boolean().optional(),
  temperature: z.number().min(0).max(1).optional(),
  top_p: z.number().min(0).max(1).optional(),
  top_k: z.number().int().min(0).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  container: z.unknown().optional(),
  diagnostics: z.unknown().optional(),
  inference_geo: z.string().nullish(),
};

/** What a beta may bring; taken as it is when the call names any beta. */
export const BETA_FIELDS = [
  'context_management',
  'mcp_servers',
  'fallbacks',
  'compaction',
  'output_format',
  'billing_policy',
  'thread',
] as const;
const betaFields = Object.fromEntries(BETA_FIELDS.map((name) => [name, z.unknown().optional()]));

export const messagesSchema = z.strictObject(messagesFields);
export const betaMessagesSchema = z.strictObject({ ...messagesFields, ...betaFields });
export const countTokensSchema = z.strictObject(shared);
export const betaCountTokensSchema = z.strictObject({ ...shared, ...betaFields });

export type MessagesRequest = z.infer<typeof messagesSchema>;
export type CountTokensRequest = z.infer<typeof countTokensSchema>;
export type Message = MessagesRequest['messages'][number];
export type CustomTool = z.infer<typeof customTool>;
export type AnyTool = NonNullable<MessagesRequest['tools']>[number];

/** Content as blocks: a string is one text block. */
export function blocksOf(content: Message['content']): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

export function isCustomTool(tool: AnyTool): tool is CustomTool {
  return 'input_schema' in tool;
}
