import { z } from 'zod';
import { invalid, invalidShape } from './cohere-error.ts';

/** The body of `POST /v2/chat` (Cohere API reference; types of `cohere-ai`), strictly. */
const json = z.record(z.string(), z.unknown());
const text = z.strictObject({ type: z.literal('text'), text: z.string() });
const image = z.strictObject({
  type: z.literal('image_url'),
  image_url: z.strictObject({ url: z.string(), detail: z.enum(['auto', 'low', 'high']).nullish() }),
});
const thinkingPart = z.strictObject({ type: z.literal('thinking'), thinking: z.string() });
const document = z.strictObject({
  type: z.literal('document'),
  document: z.strictObject({ id: z.string().nullish(), data: z.union([json, z.string()]) }),
});
const toolCall = z.strictObject({
  id: z.string(),
  type: z.literal('function'),
  function: z.strictObject({ name: z.string(), arguments: z.string() }),
});

const parts = <Part extends z.ZodType>(part: Part) => z.union([z.string(), z.array(part)]);

const message = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('system'), content: parts(text) }),
  z.strictObject({ role: z.literal('user'), content: parts(z.discriminatedUnion('type', [text, image])) }),
  z.strictObject({
    role: z.literal('assistant'),
    content: parts(z.discriminatedUnion('type', [text, thinkingPart])).nullish(),
    tool_calls: z.array(toolCall).nullish(),
    tool_plan: z.string().nullish(),
    citations: z.array(json).nullish(),
  }),
  z.strictObject({
    role: z.literal('tool'),
    tool_call_id: z.string(),
    content: parts(z.discriminatedUnion('type', [text, document])),
  }),
]);
export type ChatMessage = z.infer<typeof message>;

const tool = z.strictObject({
  type: z.literal('function'),
  function: z.strictObject({ name: z.string().min(1), description: z.string().nullish(), parameters: json }),
});

const chatSchema = z.strictObject({
  model: z.string(),
  messages: z.array(message).min(1),
  stream: z.boolean().nullish(),
  tools: z.array(tool).nullish(),
  strict_tools: z.boolean().nullish(),
  documents: z.array(z.union([z.string(), json])).nullish(),
  citation_options: z.strictObject({ mode: z.string().nullish() }).nullish(),
  response_format: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('json_object'), json_schema: json.nullish() }),
    ])
    .nullish(),
  safety_mode: z.enum(['CONTEXTUAL', 'STRICT', 'OFF']).nullish(),
  max_tokens: z.number().int().min(0).nullish(),
  stop_sequences: z.array(z.string()).max(5).nullish(),
  temperature: z.number().min(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  frequency_penalty: z.number().min(0).max(1).nullish(),
  presence_penalty: z.number().min(0).max(1).nullish(),
  k: z.number().min(0).max(500).nullish(),
  p: z.number().min(0.01).max(0.99).nullish(),
  logprobs: z.boolean().nullish(),
  tool_choice: z.enum(['REQUIRED', 'NONE']).nullish(),
  thinking: z
    .strictObject({ type: z.enum(['enabled', 'disabled']), token_budget: z.number().int().min(1).nullish() })
    .nullish(),
  priority: z.number().int().min(0).max(999).nullish(),
});
export type ChatRequest = z.infer<typeof chatSchema>;

/** Results must answer calls of the assistant turn before them, and all of them. */
function checkToolOrder(messages: readonly ChatMessage[]): void {
  let open = new Set<string>();
  for (const [at, found] of messages.entries()) {
    if (found.role === 'tool') {
      if (!open.delete(found.tool_call_id)) {
        throw invalid(`invalid tool message at messages[${at}]: tool call id not found in previous tool calls`);
      }
      continue;
    }
    if (open.size > 0) throw invalid(`tool calls without results before messages[${at}]: ${[...open].join(', ')}`);
    open = new Set(found.role === 'assistant' ? (found.tool_calls ?? []).map(({ id }) => id) : []);
  }
  if (open.size > 0) throw invalid(`tool calls without results: ${[...open].join(', ')}`);
}

function checkTools({
  tools,
  tool_choice: choice,
  response_format: format,
  documents,
  strict_tools: strict,
}: ChatRequest): void {
  const any = (tools ?? []).length > 0;
  const names = (tools ?? []).map((found) => found.function.name);
  if (new Set(names).size < names.length) throw invalid('tool names must be unique');
  if (choice && !any) throw invalid('tool_choice is only valid when tools are specified');
  if (strict && !any) throw invalid('strict_tools is only valid when tools are specified');
  if (format?.type === 'json_object' && (any || (documents ?? []).length > 0)) {
    throw invalid('response_format is not supported with tools or documents');
  }
}

function isEmpty(found: ChatMessage): boolean {
  if (found.role === 'assistant') return !found.tool_calls?.length && !found.content?.length;
  return found.role !== 'tool' && found.content.length === 0;
}

/** Checks a parsed body. Throws CohereError as Cohere does. */
export function parseChatRequest(body: unknown): ChatRequest {
  const parsed = chatSchema.safeParse(body);
  if (!parsed.success) throw invalidShape(parsed.error, body);
  const { messages } = parsed.data;
  if (messages.some(isEmpty)) throw invalid('message must be at least 1 token long or tool results must be specified.');
  checkToolOrder(messages);
  const last = messages.at(-1)?.role;
  if (last !== 'user' && last !== 'tool') throw invalid('the last message must be from the user or from a tool');
  checkTools(parsed.data);
  return parsed.data;
}
