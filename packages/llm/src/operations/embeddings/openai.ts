import type { Loss } from '../../neutral/call.ts';
import { defined, isObject, ownEntry, textOf } from '../../object.ts';
import { problem } from '../operation.ts';
import { readOpenAiUsage } from '../usage.ts';
import { fromBase64, toBase64 } from './base64.ts';
import { type EmbedClient, type EmbedInput, type EmbedProvider, type EmbedTask, vectorsOf } from './call.ts';

/** Most inputs OpenAI takes in one call. */
const MAX_INPUTS = 2048;
const KNOWN = new Set(['model', 'input', 'dimensions', 'encoding_format', 'input_type', 'task']);

/** `input_type`, which several compatible providers take, and `task`, which Jina calls it. */
const TASKS: Readonly<Record<string, EmbedTask>> = {
  query: 'query',
  search_query: 'query',
  'retrieval.query': 'query',
  passage: 'document',
  document: 'document',
  search_document: 'document',
  'retrieval.passage': 'document',
  classification: 'classification',
  clustering: 'clustering',
  separation: 'clustering',
  'text-matching': 'similarity',
};

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((token) => Number.isInteger(token) && token >= 0);
}

function readInput(given: unknown): EmbedInput[] | null {
  if (typeof given === 'string') return [{ kind: 'text', text: given }];
  if (isTokens(given)) return [{ kind: 'tokens', tokens: given }];
  if (!Array.isArray(given) || given.length === 0 || given.length > MAX_INPUTS) return null;
  const inputs: EmbedInput[] = [];
  for (const each of given as readonly unknown[]) {
    if (typeof each === 'string') inputs.push({ kind: 'text', text: each });
    else if (isTokens(each)) inputs.push({ kind: 'tokens', tokens: each });
    else return null;
  }
  return inputs;
}

/** OpenAI's `POST /v1/embeddings` (API reference, “Create embeddings”). */
export const openAiClient: EmbedClient = {
  read({ body, model }) {
    const inputs = readInput(body.input);
    if (inputs === null) {
      return problem('input', `must be a text, a list of 1 to ${MAX_INPUTS} texts, or lists of token numbers`);
    }
    const { dimensions, encoding_format: encoding = 'float' } = body;
    if (
      dimensions !== undefined &&
      !(typeof dimensions === 'number' && Number.isInteger(dimensions) && dimensions > 0)
    ) {
      return problem('dimensions', 'must be a whole number above 0');
    }
    if (encoding !== 'float' && encoding !== 'base64') return problem('encoding_format', 'must be float or base64');
    const task = ownEntry(TASKS, textOf(body.input_type) ?? textOf(body.task) ?? '');
    const extra = Object.fromEntries(Object.entries(body).filter(([key, value]) => !KNOWN.has(key) && value !== null));
    return defined({ model, inputs, inputPath: 'input', dimensions, encoding, task, extra });
  },

  write({ vectors, usage }, call, { model }) {
    const base64 = call.body.encoding_format === 'base64';
    const tokens = usage?.inputTokens ?? 0;
    return JSON.stringify({
      object: 'list',
      data: vectors.map((vector, index) => ({
        object: 'embedding',
        index,
        embedding: base64 ? toBase64(vector) : vector,
      })),
      model,
      usage: { prompt_tokens: tokens, total_tokens: tokens },
    });
  },
};

/** Embeddings by index: a provider may answer out of order. */
function ordered(data: readonly unknown[]): unknown[] {
  const vectors: unknown[] = [];
  for (const [i, entry] of data.entries()) {
    if (!isObject(entry)) return [];
    const index = typeof entry.index === 'number' ? entry.index : i;
    if (!Number.isInteger(index) || index < 0 || index >= data.length) return [];
    vectors[index] = typeof entry.embedding === 'string' ? fromBase64(entry.embedding) : entry.embedding;
  }
  return vectors;
}

/** Providers that speak like OpenAI, and Azure. */
export const openAiProvider: EmbedProvider = {
  write({ inputs, dimensions, task, extra, inputPath }, target) {
    const losses: Loss[] = [];
    const written = inputs.map((input) => {
      if (input.kind === 'text') return input.text;
      if (input.kind === 'tokens') return input.tokens;
      losses.push({ path: input.path, why: 'the model’s provider embeds texts only', essential: true });
      return '';
    });
    // Only what came in this protocol's own words may mean something there.
    if (inputPath !== 'input') {
      for (const path of Object.keys(extra))
        losses.push({ path, why: 'the provider’s protocol has no such member', essential: false });
      if (task !== undefined)
        losses.push({ path: 'taskType', why: 'the provider’s protocol has no such member', essential: false });
    }
    const body = { model: target.model, input: written, dimensions, encoding_format: 'float' };
    return { body: defined(body), losses };
  },

  read(body, inputs) {
    if (!Array.isArray(body.data)) return null;
    const vectors = vectorsOf(ordered(body.data), inputs);
    if (vectors === null) return null;
    return { model: textOf(body.model) ?? null, vectors, usage: readOpenAiUsage(body.usage) };
  },
};
