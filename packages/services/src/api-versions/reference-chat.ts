import { dialectPaths } from './reference-dialects.ts';
import { errorResponses } from './reference-errors.ts';
import type { Json, ReferencePart } from './reference-part.ts';

const STATUSES = [400, 401, 403, 404, 413, 429, 502, 503, 504];

interface ReferenceModel {
  readonly slug: string;
  readonly name: string;
  readonly capabilities: readonly string[];
}

/** A model API: OpenAI's chat completions and list of models, and the other protocols, with the names of these models. */
export function chatPaths(models: readonly ReferenceModel[]): ReferencePart {
  const names = models.map(({ slug }) => slug);
  return {
    paths: {
      '/chat/completions': {
        post: {
          operationId: 'createChatCompletion',
          summary: 'Chat with a model',
          description: `OpenAI’s chat completions; fields not named here are passed on as they are.\n\n${table(models)}`,
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: requestSchema(names),
                example: { model: names[0] ?? '', messages: [{ role: 'user', content: 'Say hello.' }] },
              },
            },
          },
          responses: {
            '200': {
              description: 'The answer; with `stream: true` its pieces as server-sent events, ended by `[DONE]`.',
              content: {
                'application/json': { schema: { $ref: '#/components/schemas/ChatCompletion' } },
                'text/event-stream': { schema: { type: 'string' } },
              },
            },
            ...errorResponses(STATUSES, 'openai'),
          },
        },
      },
      ...dialectPaths(names, STATUSES),
      '/models': {
        get: {
          operationId: 'listModels',
          summary: 'List the models this key may use',
          responses: {
            '200': {
              description: 'The models of every subscription of the key’s application.',
              content: { 'application/json': { schema: { $ref: '#/components/schemas/ModelList' } } },
            },
            ...errorResponses([401, 503], 'openai'),
          },
        },
      },
    },
    schemas: { ChatCompletion, ModelList },
  };
}

function table(models: readonly ReferenceModel[]): string {
  const rows = models.map(
    ({ slug, name, capabilities }) => `| \`${slug}\` | ${cell(name)} | ${capabilities.join(', ')} |`,
  );
  return ['| model | name | can |', '|---|---|---|', ...rows].join('\n');
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function requestSchema(models: readonly string[]): Json {
  return {
    type: 'object',
    required: ['model', 'messages'],
    properties: {
      model: { type: 'string', examples: models },
      messages: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          required: ['role'],
          properties: {
            role: { type: 'string', enum: ['system', 'developer', 'user', 'assistant', 'tool'] },
            content: { description: 'Text, or a list of parts.' },
          },
        },
      },
      stream: { type: 'boolean', default: false },
      temperature: { type: 'number', minimum: 0, maximum: 2 },
      max_tokens: { type: 'integer', minimum: 1 },
      tools: { type: 'array', items: { type: 'object' } },
      response_format: { type: 'object' },
    },
  };
}

const ChatCompletion: Json = {
  type: 'object',
  required: ['id', 'object', 'created', 'model', 'choices'],
  properties: {
    id: { type: 'string' },
    object: { const: 'chat.completion' },
    created: { type: 'integer', description: 'Unix seconds.' },
    model: { type: 'string' },
    choices: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          index: { type: 'integer' },
          finish_reason: { type: ['string', 'null'] },
          message: {
            type: 'object',
            properties: { role: { const: 'assistant' }, content: { type: ['string', 'null'] } },
          },
        },
      },
    },
    usage: {
      type: 'object',
      properties: {
        prompt_tokens: { type: 'integer' },
        completion_tokens: { type: 'integer' },
        total_tokens: { type: 'integer' },
      },
    },
  },
};

const ModelList: Json = {
  type: 'object',
  properties: {
    object: { const: 'list' },
    data: {
      type: 'array',
      items: {
        type: 'object',
        properties: { id: { type: 'string' }, object: { const: 'model' }, owned_by: { type: 'string' } },
      },
    },
  },
};
