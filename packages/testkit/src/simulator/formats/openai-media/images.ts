import { z } from 'zod';
import { MARKER } from '../../core/answer.ts';
import { fingerprint } from '../../core/seeded.ts';
import { countTokens } from '../../core/tokens.ts';
import { deliverJson, deliverStream, type StreamPlan, sseEvent, streams } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import { takeDirectives } from '../../faults.ts';
import { readForm, type Upload } from '../../form.ts';
import type { Look, Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { ApiError, invalidRequest } from '../openai/api-error.ts';
import { stripes } from './png.ts';

/** `POST /v1/images/generations` and `/v1/images/edits` (OpenAI API reference, Images), in the manner of GPT Image. */
const SIZES = ['auto', '1024x1024', '1536x1024', '1024x1536', '512x512', '256x256'] as const;

const requestSchema = z.strictObject({
  prompt: z.string().min(1).max(32_000),
  model: z.string().default('sim-image'),
  n: z.coerce.number().int().min(1).max(10).default(1),
  size: z.enum(SIZES).default('auto'),
  quality: z.enum(['auto', 'low', 'medium', 'high', 'standard', 'hd']).default('auto'),
  background: z.enum(['auto', 'transparent', 'opaque']).default('auto'),
  moderation: z.enum(['auto', 'low']).optional(),
  output_format: z.literal('png', 'expected png: the simulator draws no other').default('png'),
  output_compression: z.coerce.number().int().min(0).max(100).optional(),
  response_format: z.literal('b64_json', 'expected b64_json: the simulator keeps no pictures').optional(),
  stream: z.union([z.boolean(), z.stringbool()]).default(false),
  partial_images: z.coerce.number().int().min(0).max(3).default(0),
  input_fidelity: z.enum(['high', 'low']).optional(),
  style: z.enum(['vivid', 'natural']).optional(),
  user: z.string().optional(),
});
type ImageRequest = z.infer<typeof requestSchema>;

/** Output tokens of a picture by quality: square, and longer (OpenAI, image generation, cost and latency). */
const TOKENS = { low: [272, 408], medium: [1056, 1584], high: [4160, 6240] } as const;
const EDITED_IMAGE_TOKENS = 194;

const USUAL_SIZE = '1024x1024';

function outputTokens({ quality, size, n }: ImageRequest): number {
  const level = quality === 'low' || quality === 'medium' || quality === 'high' ? quality : 'medium';
  const square = size === 'auto' || size.split('x')[0] === size.split('x')[1];
  return TOKENS[level][square ? 0 : 1] * n;
}

interface Drawing {
  readonly request: ImageRequest;
  readonly images: number;
  readonly kind: 'image_generation' | 'image_edit';
}

function usageOf({ request, images }: Drawing): object {
  const text = countTokens(request.prompt);
  const image = images * EDITED_IMAGE_TOKENS;
  const output = outputTokens(request);
  return {
    input_tokens: text + image,
    input_tokens_details: { text_tokens: text, image_tokens: image },
    output_tokens: output,
    total_tokens: text + image + output,
  };
}

function settingsOf({ background, output_format, quality, size }: ImageRequest): object {
  return {
    background: background === 'auto' ? 'opaque' : background,
    output_format,
    quality: quality === 'auto' ? 'medium' : quality,
    size: size === 'auto' ? USUAL_SIZE : size,
  };
}

function picture({ request, images }: Drawing, at: number, detail: number): string {
  const [width = 1024, height = 1024] = (request.size === 'auto' ? USUAL_SIZE : request.size).split('x').map(Number);
  const seed = fingerprint([request.model, request.prompt, images, at]);
  return stripes(seed, width, height, detail, `${MARKER} ${request.prompt.slice(0, 200)}`).toString('base64');
}

function plan(drawing: Drawing): StreamPlan {
  const { request, kind } = drawing;
  const shared = { ...settingsOf(request), created_at: Math.floor(Date.now() / 1000) };
  const event = (type: string, rest: object) => sseEvent(JSON.stringify({ type, ...shared, ...rest }), type);
  const partial = Array.from({ length: request.partial_images }, (_, at) =>
    event(`${kind}.partial_image`, {
      b64_json: picture(drawing, 0, (at + 1) / (request.partial_images + 1)),
      partial_image_index: at,
    }),
  );
  const completed = { b64_json: picture(drawing, 0, 1), usage: usageOf(drawing) };
  const message = 'The server had an error while processing your request. [simulated by Parley]';
  const error = { type: 'error', error: { type: 'server_error', code: null, message, param: null } };
  return {
    events: partial,
    closing: [event(`${kind}.completed`, completed)],
    error: sseEvent(JSON.stringify(error), 'error'),
  };
}

async function draw(exchange: Exchange, drawing: Drawing, settings: Settings): Promise<void> {
  const { request } = drawing;
  if (exchange.faults.has('prompt-blocked')) {
    throw new ApiError(
      400,
      'Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety system.',
      { type: 'image_generation_user_error', code: 'moderation_blocked' },
    );
  }
  if (streams(exchange, request.stream)) return deliverStream(exchange, plan(drawing), settings.msPerToken);
  const data = exchange.faults.has('no-choices')
    ? []
    : Array.from({ length: request.n }, (_, at) => ({ b64_json: picture(drawing, at, 1) }));
  const usage = exchange.faults.has('usage-missing') ? {} : { usage: usageOf(drawing) };
  const body = { created: Math.floor(Date.now() / 1000), ...settingsOf(request), data, ...usage };
  await deliverJson(exchange, body, outputTokens(request), settings.msPerToken);
}

function parseImageRequest(body: unknown): ImageRequest {
  const parsed = requestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  const request = parsed.data;
  const model = parseModel(request.model).model;
  return { ...request, model, prompt: takeDirectives(request.prompt).text || request.prompt };
}

export function lookAtPrompt(body: unknown): Look {
  const { model, stream, prompt } = (body ?? {}) as Record<string, unknown>;
  return {
    model: typeof model === 'string' ? model : null,
    stream: stream === true,
    text: typeof prompt === 'string' ? prompt : '',
  };
}

export async function generateImages(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  await draw(exchange, { request: parseImageRequest(body), images: 0, kind: 'image_generation' }, settings);
}

/** The first bytes of the kinds of picture that are taken. */
const MAGIC = [/^\x89PNG/, /^\xff\xd8\xff/, /^RIFF[\s\S]{4}WEBP/];

function checkPicture(name: string, upload: Upload): void {
  if (MAGIC.some((magic) => magic.test(upload.bytes.subarray(0, 16).toString('latin1')))) return;
  throw new ApiError(
    400,
    `Invalid file '${name}': unsupported mimetype ('${upload.type}'). Supported file formats are 'image/jpeg', 'image/png', and 'image/webp'.`,
    { param: name, code: 'unsupported_file_mimetype' },
  );
}

export async function editImages(exchange: Exchange, body: unknown, settings: Settings): Promise<void> {
  const form = readForm(exchange, body);
  const images = form.files('image');
  if (images.length === 0) {
    throw new ApiError(400, "Missing required parameter: 'image'.", {
      param: 'image',
      code: 'missing_required_parameter',
    });
  }
  if (images.length > 16) throw new ApiError(400, 'At most 16 images can be edited at once.', { param: 'image' });
  for (const upload of images) checkPicture('image', upload);
  for (const upload of form.files('mask')) checkPicture('mask', upload);
  await draw(
    exchange,
    { request: parseImageRequest(form.fields), images: images.length, kind: 'image_edit' },
    settings,
  );
}
