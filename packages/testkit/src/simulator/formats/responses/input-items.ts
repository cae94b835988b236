import { z } from 'zod';
import { ApiError, invalidRequest } from '../openai/api-error.ts';

/**
 * The members of `input` of `POST /v1/responses` that the simulator understands, held as strictly as OpenAI holds them
 * (OpenAI API reference, Responses, “input items”).
 */
const inputText = z.strictObject({ type: z.literal('input_text'), text: z.string() });
const inputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: z
    .string()
    .regex(/^(https?:\/\/|data:image\/)/, 'expected an http(s) URL or a data URL of an image')
    .nullish(),
  file_id: z.string().nullish(),
  detail: z.enum(['auto', 'low', 'high', 'original']).nullish(),
});
const inputFile = z.strictObject({
  type: z.literal('input_file'),
  file_data: z.string().nullish(),
  file_id: z.string().nullish(),
  file_url: z.string().nullish(),
  filename: z.string().nullish(),
  detail: z.enum(['auto', 'low', 'high']).nullish(),
});
const outputText = z.strictObject({
  type: z.literal('output_text'),
  text: z.string(),
  annotations: z.array(z.unknown()).optional(),
  logprobs: z.array(z.unknown()).nullish(),
});
const refusal = z.strictObject({ type: z.literal('refusal'), refusal: z.string() });

const inputParts = { input_text: inputText, input_image: inputImage, input_file: inputFile };
const outputParts = { output_text: outputText, refusal };

const status = z.enum(['in_progress', 'completed', 'incomplete']).nullish();
const itemId = (prefix: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}`), `expected an ID that begins with '${prefix}'`)
    .nullish();
const content = z.union([z.string(), z.array(z.looseObject({ type: z.string() }))], {
  error: 'expected a string or an array of content parts',
});

const message = z.strictObject({
  type: z.literal('message').default('message'),
  role: z.enum(['user', 'system', 'developer', 'assistant']),
  content,
  id: itemId('msg'),
  status,
  phase: z.enum(['commentary', 'final_answer']).nullish(),
});
const functionCall = z.strictObject({
  type: z.literal('function_call'),
  id: itemId('fc'),
  call_id: z.string().min(1).max(64),
  name: z.string().regex(/^[a-zA-Z0-9_-]{1,128}$/, "expected a name that matches '^[a-zA-Z0-9_-]+$'"),
  arguments: z.string(),
  namespace: z.string().nullish(),
  status,
});
const functionCallOutput = z.strictObject({
  type: z.literal('function_call_output'),
  id: itemId('fc'),
  call_id: z.string().min(1).max(64),
  output: content,
  status,
});
const reasoning = z.strictObject({
  type: z.literal('reasoning'),
  id: itemId('rs'),
  summary: z.array(z.strictObject({ type: z.literal('summary_text'), text: z.string() })),
  content: z.array(z.strictObject({ type: z.literal('reasoning_text'), text: z.string() })).nullish(),
  encrypted_content: z.string().nullish(),
  status,
});
const customCall = z.strictObject({
  type: z.literal('custom_tool_call'),
  id: itemId('ctc'),
  call_id: z.string().min(1).max(64),
  name: z.string(),
  input: z.string(),
  namespace: z.string().nullish(),
  status,
});
const customCallOutput = z.strictObject({
  type: z.literal('custom_tool_call_output'),
  id: itemId('ctc'),
  call_id: z.string().min(1).max(64),
  output: content,
  status,
});
const itemReference = z.strictObject({ type: z.literal('item_reference'), id: z.string() });

const ITEMS = {
  message,
  function_call: functionCall,
  function_call_output: functionCallOutput,
  custom_tool_call: customCall,
  custom_tool_call_output: customCallOutput,
  reasoning,
  item_reference: itemReference,
};

type Part = z.infer<typeof inputText | typeof inputImage | typeof inputFile | typeof outputText | typeof refusal>;
export type MessageItem = Omit<z.infer<typeof message>, 'content'> & { content: string | Part[] };
export type CallItem = z.infer<typeof functionCall> | z.infer<typeof customCall>;
type CallOutputItem = (
  | Omit<z.infer<typeof functionCallOutput>, 'output'>
  | Omit<z.infer<typeof customCallOutput>, 'output'>
) & { output: string | Part[] };
export type ReasoningItem = z.infer<typeof reasoning>;
export type InputItem = MessageItem | CallItem | CallOutputItem | ReasoningItem | z.infer<typeof itemReference>;

/** `Invalid value: 'text'. Supported values are: 'input_text', …`, as OpenAI answers a `type` it does not know there. */
function oneOf<Table extends object>(table: Table, given: unknown, param: string): Table[keyof Table] {
  if (typeof given === 'string' && Object.hasOwn(table, given)) return table[given as keyof Table];
  const names = Object.keys(table).map((name) => `'${name}'`);
  const list = names.length > 1 ? `${names.slice(0, -1).join(', ')}, and ${names.at(-1)}` : names.join('');
  throw new ApiError(400, `Invalid value: '${String(given)}'. Supported values are: ${list}.`, {
    param,
    code: 'invalid_value',
  });
}

function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, where: readonly PropertyKey[]) {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalidRequest(parsed.error, value, where);
}

type Content = z.infer<typeof content>;

function checkParts(parts: Content, table: Readonly<Record<string, z.ZodType>>, where: readonly PropertyKey[]) {
  if (typeof parts === 'string') return parts;
  const param = where.reduce<string>(
    (name, key) => (typeof key === 'number' ? `${name}[${key}]` : `${name}.${String(key)}`),
    '',
  );
  return parts.map(
    (part, at) => checked(oneOf(table, part.type, `${param.slice(1)}[${at}].type`), part, [...where, at]) as Part,
  );
}

/** One member of `input`, checked. Throws ApiError 400 naming `input[at]…`. */
export function parseInputItem(given: unknown, at: number): InputItem {
  const where = ['input', at];
  const type: unknown = (given as { type?: unknown } | null)?.type ?? 'message';
  const item = checked(
    oneOf(ITEMS, type, `input[${at}]`) as z.ZodType<z.infer<(typeof ITEMS)[keyof typeof ITEMS]>>,
    given,
    where,
  );
  if (item.type === 'message') {
    const parts = item.role === 'assistant' ? outputParts : inputParts;
    return { ...item, content: checkParts(item.content, parts, [...where, 'content']) };
  }
  if (item.type === 'function_call_output' || item.type === 'custom_tool_call_output') {
    return { ...item, output: checkParts(item.output, inputParts, [...where, 'output']) };
  }
  return item;
}
