import { z } from 'zod';
import { embed } from '../../core/embedding.ts';
import { countTokens, tokenTexts } from '../../core/tokens.ts';
import { parseModel } from '../../models.ts';
import { invalidRequest } from './api-error.ts';

const text = z.string().min(1, 'expected a string that is not empty');
const tokenList = z.array(z.number().int().min(0).max(200_000)).min(1);

export const embeddingRequestSchema = z.object({
  model: z.string(),
  input: z.union([text, z.array(text).min(1).max(2048), tokenList, z.array(tokenList).min(1).max(2048)]),
  dimensions: z.number().int().min(1).max(4096).optional(),
  encoding_format: z.enum(['float', 'base64']).optional(),
});
type EmbeddingRequest = z.infer<typeof embeddingRequestSchema>;

const DIMENSIONS = 256;

function inputTexts(input: EmbeddingRequest['input']): string[] {
  if (typeof input === 'string') return [input];
  if (input.every((member) => typeof member === 'string')) return input;
  if (input.every((member) => typeof member === 'number')) return [tokenTexts(input).join('')];
  return input.map((tokens) => tokenTexts(tokens).join(''));
}

export function parseEmbeddingRequest(body: unknown): EmbeddingRequest {
  const parsed = embeddingRequestSchema.safeParse(body);
  if (!parsed.success) throw invalidRequest(parsed.error, body);
  return parsed.data;
}

/** The body of `POST /v1/embeddings` (OpenAI API reference). Base64 is little-endian 32-bit floats. */
export function embeddingBody(request: EmbeddingRequest): { tokens: number; body: object } {
  const texts = inputTexts(request.input);
  const tokens = texts.reduce((sum, found) => sum + countTokens(found), 0);
  const { model } = parseModel(request.model);
  const data = texts.map((found, index) => {
    const vector = embed(found, request.dimensions ?? DIMENSIONS);
    const embedding =
      request.encoding_format === 'base64' ? Buffer.from(new Float32Array(vector).buffer).toString('base64') : vector;
    return { object: 'embedding', index, embedding };
  });
  return {
    tokens,
    body: { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } },
  };
}
