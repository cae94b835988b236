import type { CallIssue } from '../../neutral/call.ts';
import { tokenCount } from '../../neutral/usage.ts';
import { defined, isObject, ownEntry, textOf } from '../../object.ts';
import { camel, field, type Json, numberField, objectField, textField } from '../../protocols/gemini/field.ts';
import { problem } from '../operation.ts';
import { type OperationUsage, used } from '../usage.ts';
import {
  type EmbedCall,
  type EmbedClient,
  type EmbedInput,
  type EmbedProvider,
  type EmbedTask,
  textsOf,
  unheard,
  vectorsOf,
} from './call.ts';

const TASKS: Readonly<Record<string, EmbedTask>> = {
  RETRIEVAL_QUERY: 'query',
  RETRIEVAL_DOCUMENT: 'document',
  SEMANTIC_SIMILARITY: 'similarity',
  CLASSIFICATION: 'classification',
  CLUSTERING: 'clustering',
  QUESTION_ANSWERING: 'question',
  FACT_VERIFICATION: 'fact',
  CODE_RETRIEVAL_QUERY: 'code_query',
};
const TASK_NAMES = new Map(Object.entries(TASKS).map(([name, task]) => [task, name]));

/** Most inputs Google takes in one batch. */
const MAX_INPUTS = 100;
const KNOWN = new Set(['model', 'content', 'requests', 'taskType', 'title', 'outputDimensionality']);

function readInput(request: Json, path: string): EmbedInput | CallIssue {
  const content = objectField(request, 'content');
  const parts = content?.parts;
  if (!Array.isArray(parts) || parts.length === 0) return problem(`${path}content.parts`, 'must hold what to embed');
  const texts: string[] = [];
  for (const part of parts as readonly unknown[]) {
    if (!isObject(part)) return problem(`${path}content.parts`, 'must be an array of parts');
    if (typeof part.text !== 'string') return { kind: 'other', path: `${path}content`, raw: content };
    texts.push(part.text);
  }
  return defined({ kind: 'text', text: texts.join('\n'), title: textField(request, 'title') });
}

/** Gemini's `embedContent` and `batchEmbedContents` (ai.google.dev/api/embeddings). */
export const geminiClient: EmbedClient = {
  read({ body, model, batch }) {
    const requests: unknown = batch ? body.requests : [body];
    if (!Array.isArray(requests) || requests.length === 0 || requests.length > MAX_INPUTS) {
      return problem('requests', `must be a list of 1 to ${MAX_INPUTS} requests`);
    }
    const inputs: EmbedInput[] = [];
    const extra: [string, unknown][] = [];
    let first: Json = {};
    for (const [i, request] of (requests as readonly unknown[]).entries()) {
      const path = batch ? `requests[${i}].` : '';
      if (!isObject(request)) return problem(`requests[${i}]`, 'must be a request');
      if (i === 0) first = request;
      const input = readInput(request, path);
      if ('malformed' in input) return input;
      inputs.push(input);
      // One call has one purpose and one length elsewhere.
      for (const name of ['taskType', 'outputDimensionality']) {
        if (field(request, name) !== field(first, name))
          return problem(`${path}${name}`, 'must be the same in every request of a batch');
      }
      for (const [key, value] of Object.entries(request))
        if (!KNOWN.has(camel(key))) extra.push([`${path}${camel(key)}`, value]);
    }
    const dimensions = numberField(first, 'outputDimensionality');
    const task = ownEntry(TASKS, textField(first, 'taskType') ?? '');
    const read = {
      model,
      inputs,
      inputPath: batch ? 'requests' : 'content',
      dimensions,
      encoding: 'float',
      task,
    } as const;
    return defined({ ...read, extra: Object.fromEntries(extra) });
  },

  write({ vectors, usage }, { batch }) {
    const embeddings = vectors.map((values) => ({ values }));
    const usageMetadata = usage === null ? undefined : { promptTokenCount: usage.inputTokens };
    return JSON.stringify(defined(batch ? { embeddings, usageMetadata } : { embedding: embeddings[0], usageMetadata }));
  },
};

function task({ task: purpose }: EmbedCall): string | undefined {
  return purpose === undefined ? undefined : TASK_NAMES.get(purpose);
}

function values(embeddings: unknown): unknown {
  return Array.isArray(embeddings) ? embeddings.map((each) => (isObject(each) ? each.values : null)) : null;
}

/** AI Studio: always as a batch. */
export const geminiProvider: EmbedProvider = {
  write(call, target) {
    const losses: { path: string; why: string; essential: boolean }[] = [];
    const texts = textsOf(call, losses);
    unheard(call, losses);
    const requests = texts.map((text, i) => {
      const input = call.inputs[i];
      return defined({
        model: `models/${target.model}`,
        content: { parts: [{ text }] },
        taskType: task(call),
        title: input?.kind === 'text' ? input.title : undefined,
        outputDimensionality: call.dimensions,
      });
    });
    return { body: { requests }, losses };
  },

  read(body, inputs) {
    const vectors = vectorsOf(values(body.embeddings), inputs);
    if (vectors === null) return null;
    const usage = isObject(body.usageMetadata)
      ? used({ inputTokens: tokenCount(body.usageMetadata.promptTokenCount) })
      : null;
    return { model: null, vectors, usage };
  },
};

function tokensOf(predictions: readonly unknown[]): OperationUsage {
  let inputTokens = 0;
  for (const each of predictions) {
    const embeddings = isObject(each) && isObject(each.embeddings) ? each.embeddings : {};
    if (isObject(embeddings.statistics)) inputTokens += tokenCount(embeddings.statistics.token_count);
  }
  return used({ inputTokens });
}

/** Vertex AI: its models are asked with `predict`. */
export const vertexProvider: EmbedProvider = {
  write(call) {
    const losses: { path: string; why: string; essential: boolean }[] = [];
    const texts = textsOf(call, losses);
    unheard(call, losses);
    const instances = texts.map((content, i) => {
      const input = call.inputs[i];
      return defined({ content, task_type: task(call), title: input?.kind === 'text' ? input.title : undefined });
    });
    const parameters = call.dimensions === undefined ? undefined : { outputDimensionality: call.dimensions };
    return { body: defined({ instances, parameters }), losses };
  },

  read(body, inputs) {
    const { predictions } = body;
    if (!Array.isArray(predictions)) return null;
    const vectors = vectorsOf(values(predictions.map((each) => (isObject(each) ? each.embeddings : null))), inputs);
    if (vectors === null) return null;
    return { model: textOf(body.model) ?? null, vectors, usage: tokensOf(predictions) };
  },
};
