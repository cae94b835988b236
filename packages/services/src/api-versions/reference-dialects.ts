import { errorResponses } from './reference-errors.ts';
import type { Json } from './reference-part.ts';

/** A way of speaking to models other than OpenAI's chat completions. */
interface Dialect {
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description: string;
  readonly required: readonly string[];
  readonly properties: Json;
  readonly example: (model: string) => Json;
  readonly end: string;
  readonly errors: 'openai' | 'own';
  /** Where the model stands in the address instead of in the body. */
  readonly inAddress?: boolean;
}

const DIALECTS: readonly Dialect[] = [
  {
    path: '/responses',
    operationId: 'createResponse',
    summary: 'Chat with a model, by OpenAI’s Responses API',
    description:
      'For clients of OpenAI’s Responses API. Nothing of a conversation is kept here: send all of it in `input`; `previous_response_id`, `conversation` and `background` are refused.',
    required: ['model', 'input'],
    properties: { input: { description: 'A text, or a list of items.' }, instructions: { type: 'string' } },
    example: (model) => ({ model, input: 'Say hello.' }),
    end: '`response.completed`',
    errors: 'openai',
  },
  {
    path: '/v1/messages',
    operationId: 'createMessage',
    summary: 'Chat with a model, by Anthropic’s Messages API',
    description: 'For Anthropic’s clients: their base URL is this API’s address; the key goes in `x-api-key`.',
    required: ['model', 'max_tokens', 'messages'],
    properties: {
      max_tokens: { type: 'integer', minimum: 1 },
      messages: { type: 'array', minItems: 1, items: { type: 'object' } },
      system: { description: 'A text, or a list of blocks.' },
    },
    example: (model) => ({ model, max_tokens: 200, messages: [{ role: 'user', content: 'Say hello.' }] }),
    end: '`message_stop`',
    errors: 'own',
  },
  {
    path: '/v1beta/models/{model}:generateContent',
    operationId: 'generateContent',
    summary: 'Chat with a model, by Google’s Gemini API',
    description:
      'For Google’s clients: their base URL is this API’s address; the key goes in `x-goog-api-key`. Streams are at `:streamGenerateContent`.',
    required: ['contents'],
    properties: { contents: { type: 'array', minItems: 1, items: { type: 'object' } } },
    example: () => ({ contents: [{ role: 'user', parts: [{ text: 'Say hello.' }] }] }),
    end: 'the end of the body',
    errors: 'own',
    inAddress: true,
  },
];

function pathOf(dialect: Dialect, models: readonly string[], statuses: readonly number[]): Json {
  const { inAddress = false } = dialect;
  const name: Json = { type: 'string', examples: models };
  const properties: Json = inAddress ? dialect.properties : { model: name, ...dialect.properties };
  const stream = inAddress ? '' : `; with \`stream: true\` its events, ended by ${dialect.end}`;
  return {
    ...(inAddress ? { parameters: [{ name: 'model', in: 'path', required: true, schema: name }] } : {}),
    post: {
      operationId: dialect.operationId,
      summary: dialect.summary,
      description: dialect.description,
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: { type: 'object', required: [...dialect.required], properties },
            example: dialect.example(models[0] ?? ''),
          },
        },
      },
      responses: {
        '200': {
          description: `The answer, in the form of this protocol${stream}.`,
          content: { 'application/json': { schema: { type: 'object' } } },
        },
        ...errorResponses(statuses, dialect.errors),
      },
    },
  };
}

/** Paths of a model API for clients that speak otherwise than OpenAI’s chat completions. */
export function dialectPaths(models: readonly string[], statuses: readonly number[]): Json {
  return Object.fromEntries(DIALECTS.map((dialect) => [dialect.path, pathOf(dialect, models, statuses)]));
}
