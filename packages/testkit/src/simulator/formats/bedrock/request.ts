import { z } from 'zod';

/** Bodies of Converse, ConverseStream and CountTokens (types of `@aws-sdk/client-bedrock-runtime`). */
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const s3Location = z.object({ uri: z.string().startsWith('s3://'), bucketOwner: z.string().optional() });
const json = z.record(z.string(), z.unknown());
const ID = /^[a-zA-Z0-9_-]+$/;

const cachePoint = z.object({ type: z.literal('default'), ttl: z.enum(['5m', '1h']).optional() });
const image = z.object({
  format: z.enum(['png', 'jpeg', 'gif', 'webp']),
  source: z.object({ bytes: base64.optional(), s3Location: s3Location.optional() }),
});
const document = z.object({
  format: z.enum(['pdf', 'csv', 'doc', 'docx', 'xls', 'xlsx', 'html', 'txt', 'md']).optional(),
  name: z.string().min(1).max(200),
  source: z.object({
    bytes: base64.optional(),
    s3Location: s3Location.optional(),
    text: z.string().optional(),
    content: z.array(z.object({ text: z.string() })).optional(),
  }),
  context: z.string().optional(),
});
const video = z.object({
  format: z.string(),
  source: z.object({ bytes: base64.optional(), s3Location: s3Location.optional() }),
});
const toolUse = z.object({
  toolUseId: z.string().min(1).max(64).regex(ID),
  name: z.string().min(1).max(64).regex(ID),
  input: z.unknown(),
});
const toolResult = z.object({
  toolUseId: z.string().min(1).max(64).regex(ID),
  content: z.array(
    z.object({
      text: z.string().optional(),
      json: z.unknown().optional(),
      image: image.optional(),
      document: document.optional(),
      video: video.optional(),
    }),
  ),
  status: z.enum(['success', 'error']).optional(),
});
const reasoningContent = z.object({
  reasoningText: z.object({ text: z.string(), signature: z.string().optional() }).optional(),
  redactedContent: base64.optional(),
});

/** A union by its one key; others are taken away as the service does, and then the block is empty. */
const block = z.object({
  text: z.string().optional(),
  image: image.optional(),
  document: document.optional(),
  video: video.optional(),
  toolUse: toolUse.optional(),
  toolResult: toolResult.optional(),
  reasoningContent: reasoningContent.optional(),
  cachePoint: cachePoint.optional(),
});
export type Block = z.infer<typeof block>;

const message = z.object({ role: z.enum(['user', 'assistant']), content: z.array(block) });
export type Message = z.infer<typeof message>;

const tool = z.object({
  toolSpec: z
    .object({
      name: z.string().min(1).max(64).regex(ID),
      description: z.string().min(1).optional(),
      inputSchema: z.object({ json }),
      strict: z.boolean().optional(),
    })
    .optional(),
  cachePoint: cachePoint.optional(),
  systemTool: z.object({ name: z.string() }).optional(),
});

const empty = z.object({});

const converseFields = {
  messages: z.array(message).optional(),
  system: z.array(z.object({ text: z.string().min(1).optional(), cachePoint: cachePoint.optional() })).optional(),
  toolConfig: z
    .object({
      tools: z.array(tool).min(1),
      toolChoice: z
        .object({ auto: empty.optional(), any: empty.optional(), tool: z.object({ name: z.string() }).optional() })
        .optional(),
    })
    .optional(),
  additionalModelRequestFields: json.optional(),
};

export const converseSchema = z.object({
  ...converseFields,
  inferenceConfig: z
    .object({
      maxTokens: z.number().int().min(1).optional(),
      temperature: z.number().min(0).max(1).optional(),
      topP: z.number().min(0).max(1).optional(),
      stopSequences: z.array(z.string().min(1)).max(2500).optional(),
    })
    .optional(),
  guardrailConfig: json.optional(),
  promptVariables: json.optional(),
  additionalModelResponseFieldPaths: z.array(z.string().min(1).max(256)).max(10).optional(),
  requestMetadata: z.record(z.string(), z.string()).optional(),
  performanceConfig: z.object({ latency: z.enum(['standard', 'optimized']).optional() }).optional(),
  serviceTier: z.object({ type: z.enum(['priority', 'default', 'flex', 'reserved']) }).optional(),
  outputConfig: z
    .object({
      effort: z.string().optional(),
      textFormat: z
        .object({
          type: z.literal('json_schema'),
          structure: z.object({
            jsonSchema: z.object({
              schema: z.string(),
              name: z.string().optional(),
              description: z.string().optional(),
            }),
          }),
        })
        .optional(),
    })
    .optional(),
});

export const countTokensSchema = z.object({
  input: z.object({
    converse: z.object(converseFields).optional(),
    invokeModel: z.object({ body: base64 }).optional(),
  }),
});

export type ConverseRequest = z.infer<typeof converseSchema>;

/** What Anthropic's models take beside Converse's own fields. */
export const modelFieldsSchema = z.strictObject({
  thinking: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('enabled'), budget_tokens: z.number().int().min(1024) }),
      z.strictObject({ type: z.literal('adaptive'), display: z.enum(['summarized', 'omitted']).optional() }),
      z.strictObject({ type: z.literal('disabled') }),
    ])
    .optional(),
  output_config: z.strictObject({ effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']) }).optional(),
  anthropic_beta: z.array(z.string()).optional(),
  top_k: z.number().int().min(0).optional(),
});
export type ModelFields = z.infer<typeof modelFieldsSchema>;
