import type { PromptDefinition, PromptVariable } from '@parley/contracts/snapshot';
import { flattenPrompt } from '@parley/llm/prompt/flatten';
import { errorResponses } from './reference-errors.ts';
import type { Json, ReferencePart } from './reference-part.ts';

const STATUSES = [400, 401, 403, 410, 413, 415, 429, 502, 503, 504];

/** A prompt endpoint: one POST with the variables as its JSON body. */
export function promptPaths(given: PromptDefinition, labels: readonly string[] = []): ReferencePart {
  const definition = flattenPrompt(given);
  return {
    paths: {
      '/': {
        post: {
          operationId: 'run',
          summary: 'Run the prompt',
          description:
            'Send the variables as a JSON object. With `Accept: text/event-stream` the answer is streamed as server-sent events.',
          ...(labels.length > 0 ? { parameters: [labelParameter(labels)] } : {}),
          requestBody: {
            required: definition.variables.some(isRequired),
            content: {
              'application/json': { schema: variablesSchema(definition.variables), ...example(definition.variables) },
            },
          },
          responses: {
            '200': {
              description: 'The answer.',
              headers: { 'x-request-id': REQUEST_ID },
              content: {
                'application/json': { schema: answerSchema(definition.output) },
                'text/event-stream': { schema: STREAM },
              },
            },
            ...errorResponses(STATUSES, 'problem'),
          },
        },
      },
    },
  };
}

const labelParameter = (labels: readonly string[]): Json => ({
  name: 'X-Parley-Prompt-Label',
  in: 'header',
  required: false,
  description: 'Asks for the version of the prompt under this label.',
  schema: { type: 'string', enum: [...labels] },
});

const REQUEST_ID: Json = {
  description:
    'Id of the call: quote it when you ask for help, and to say how good the answer was (`POST /v1/feedback`).',
  schema: { type: 'string', format: 'uuid' },
};

const STREAM: Json = {
  type: 'string',
  description:
    'Server-sent events: `delta` with `{"text"}` for each piece, then `done` with the whole answer, or `error` with a problem: also when the text turns out not to fit the output schema.',
};

/** The answer as the gateway wraps it. */
function answerSchema(output: PromptDefinition['output']): Json {
  return {
    type: 'object',
    required: ['id', 'output', 'model', 'usage', 'finishReason'],
    properties: {
      id: { type: 'string', format: 'uuid', description: 'Id of the request, as in the log.' },
      // An id of its own, so that its references (`#/$defs/…`) mean itself and not this document.
      output: output.kind === 'json' ? { $id: 'urn:parley:output', ...output.schema } : { type: 'string' },
      model: { type: 'string' },
      usage: {
        type: 'object',
        properties: { inputTokens: { type: 'integer' }, outputTokens: { type: 'integer' } },
      },
      finishReason: {
        type: ['string', 'null'],
        description: '`stop` when the answer is complete, `length` when it was cut.',
      },
    },
  };
}

const isRequired = (variable: PromptVariable): boolean => variable.required && variable.default === undefined;

/** JSON Schema (draft 2020-12) of a prompt's variables, as the gateway checks them. */
export function variablesSchema(variables: readonly PromptVariable[]): Json {
  const required = variables.filter(isRequired).map(({ name }) => name);
  return {
    type: 'object',
    additionalProperties: false,
    ...(required.length > 0 ? { required } : {}),
    properties: Object.fromEntries(variables.map((variable) => [variable.name, schemaOf(variable)])),
  };
}

function schemaOf(variable: PromptVariable): Json {
  return {
    ...TYPES[variable.type](variable),
    ...(variable.description ? { description: variable.description } : {}),
    ...(variable.default === undefined ? {} : { default: variable.default }),
  };
}

function bounds(variable: PromptVariable): Json {
  return {
    ...(variable.minimum === undefined ? {} : { minimum: variable.minimum }),
    ...(variable.maximum === undefined ? {} : { maximum: variable.maximum }),
  };
}

const TYPES: Readonly<Record<PromptVariable['type'], (variable: PromptVariable) => Json>> = {
  string: ({ maxLength }) => ({ type: 'string', ...(maxLength === undefined ? {} : { maxLength }) }),
  number: (variable) => ({ type: 'number', ...bounds(variable) }),
  integer: (variable) => ({ type: 'integer', ...bounds(variable) }),
  boolean: () => ({ type: 'boolean' }),
  enum: ({ values }) => ({ type: 'string', enum: values ?? [] }),
  json: ({ schema }) => schema ?? {},
  // Lists and objects are `json` with a schema by now.
  array: () => ({ type: 'array' }),
  object: () => ({ type: 'object' }),
};

/** A body that would be accepted: defaults where there are some, else a plain value of the type. */
function example(variables: readonly PromptVariable[]): Json {
  if (variables.length === 0) return {};
  return {
    example: Object.fromEntries(variables.filter(isShown).map((variable) => [variable.name, exampleOf(variable)])),
  };
}

const isShown = (variable: PromptVariable): boolean => isRequired(variable) || variable.default !== undefined;

function exampleOf(variable: PromptVariable): unknown {
  if (variable.default !== undefined) return variable.default;
  switch (variable.type) {
    case 'string':
      return `Some ${variable.name.replaceAll('_', ' ')}`.slice(0, variable.maxLength);
    case 'number':
    case 'integer':
      return variable.minimum ?? Math.min(1, variable.maximum ?? 1);
    case 'boolean':
      return true;
    case 'enum':
      return variable.values?.[0] ?? '';
    case 'json':
      return variable.schema?.['type'] === 'array' ? [] : {};
    case 'array':
      return [];
    case 'object':
      return {};
  }
}
