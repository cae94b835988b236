import type { Kind, Message } from './proto-json.ts';

/**
 * The messages of `generateContent` and its neighbours (Gemini API reference, v1beta; Vertex AI, v1). `Dialect` says
 * which of the two: they differ in a few fields, and each refuses what only the other has.
 */
export type Dialect = 'studio' | 'vertex';

const string: Kind = { scalar: 'string' };
const number: Kind = { scalar: 'number' };
const integer: Kind = { scalar: 'integer' };
const boolean: Kind = { scalar: 'boolean' };
const bytes: Kind = { scalar: 'bytes' };
const any: Kind = { any: true };
const struct: Kind = { struct: true };
const list = (of: Kind): Kind => ({ list: of });
const of = (message: Message): Kind => ({ message });
const oneOf = (type: string, ...names: string[]): Kind => ({
  enum: names,
  type: `type.googleapis.com/google.ai.generativelanguage.v1beta.${type}`,
});

const only = (wanted: Dialect, dialect: Dialect, fields: Readonly<Record<string, Kind>>) =>
  wanted === dialect ? fields : {};

export const schema: Message = () => ({
  type: oneOf('Type', 'TYPE_UNSPECIFIED', 'STRING', 'NUMBER', 'INTEGER', 'BOOLEAN', 'ARRAY', 'OBJECT', 'NULL'),
  format: string,
  title: string,
  description: string,
  nullable: boolean,
  enum: list(string),
  items: of(schema),
  maxItems: integer,
  minItems: integer,
  properties: { map: of(schema) },
  propertyOrdering: list(string),
  required: list(string),
  minProperties: integer,
  maxProperties: integer,
  minimum: number,
  maximum: number,
  minLength: integer,
  maxLength: integer,
  pattern: string,
  example: any,
  anyOf: list(of(schema)),
  default: any,
});

const blob =
  (dialect: Dialect): Message =>
  () => ({
    mimeType: string,
    data: bytes,
    ...only('vertex', dialect, { displayName: string }),
  });
const fileData =
  (dialect: Dialect): Message =>
  () => ({
    mimeType: string,
    fileUri: string,
    ...only('vertex', dialect, { displayName: string }),
  });
const functionCall =
  (dialect: Dialect): Message =>
  () => ({
    name: string,
    args: struct,
    ...only('studio', dialect, { id: string }),
  });
const functionResponse =
  (dialect: Dialect): Message =>
  () => ({
    name: string,
    response: struct,
    parts: list(any),
    ...only('studio', dialect, { id: string, willContinue: boolean, scheduling: string }),
  });

const part =
  (dialect: Dialect): Message =>
  () => ({
    text: string,
    thought: boolean,
    thoughtSignature: bytes,
    inlineData: of(blob(dialect)),
    fileData: of(fileData(dialect)),
    functionCall: of(functionCall(dialect)),
    functionResponse: of(functionResponse(dialect)),
    executableCode: any,
    codeExecutionResult: any,
    videoMetadata: any,
    mediaResolution: any,
    ...only('studio', dialect, { partMetadata: any }),
  });

export const content =
  (dialect: Dialect): Message =>
  () => ({ role: string, parts: list(of(part(dialect))) });

const functionDeclaration: Message = () => ({
  name: string,
  description: string,
  behavior: string,
  parameters: of(schema),
  parametersJsonSchema: any,
  response: of(schema),
  responseJsonSchema: any,
});

const tool: Message = () => ({
  functionDeclarations: list(of(functionDeclaration)),
  googleSearch: any,
  googleSearchRetrieval: any,
  codeExecution: any,
  urlContext: any,
  computerUse: any,
  fileSearch: any,
  googleMaps: any,
});

const toolConfig: Message = () => ({
  functionCallingConfig: of(() => ({
    mode: oneOf('FunctionCallingConfig.Mode', 'MODE_UNSPECIFIED', 'AUTO', 'ANY', 'NONE', 'VALIDATED'),
    allowedFunctionNames: list(string),
  })),
  retrievalConfig: any,
});

const generationConfig: Message = () => ({
  temperature: number,
  topP: number,
  topK: number,
  candidateCount: integer,
  maxOutputTokens: integer,
  stopSequences: list(string),
  seed: integer,
  presencePenalty: number,
  frequencyPenalty: number,
  responseLogprobs: boolean,
  logprobs: integer,
  responseMimeType: string,
  responseSchema: of(schema),
  responseJsonSchema: any,
  responseModalities: list(oneOf('GenerationConfig.Modality', 'TEXT', 'IMAGE', 'AUDIO')),
  mediaResolution: string,
  speechConfig: any,
  imageConfig: any,
  thinkingConfig: of(() => ({
    includeThoughts: boolean,
    thinkingBudget: integer,
    thinkingLevel: oneOf(
      'ThinkingConfig.ThinkingLevel',
      'THINKING_LEVEL_UNSPECIFIED',
      'MINIMAL',
      'LOW',
      'MEDIUM',
      'HIGH',
    ),
  })),
});

const safetySetting: Message = () => ({
  category: oneOf(
    'HarmCategory',
    'HARM_CATEGORY_HARASSMENT',
    'HARM_CATEGORY_HATE_SPEECH',
    'HARM_CATEGORY_SEXUALLY_EXPLICIT',
    'HARM_CATEGORY_DANGEROUS_CONTENT',
    'HARM_CATEGORY_CIVIC_INTEGRITY',
  ),
  threshold: oneOf(
    'SafetySetting.HarmBlockThreshold',
    'HARM_BLOCK_THRESHOLD_UNSPECIFIED',
    'BLOCK_LOW_AND_ABOVE',
    'BLOCK_MEDIUM_AND_ABOVE',
    'BLOCK_ONLY_HIGH',
    'BLOCK_NONE',
    'OFF',
  ),
});

export const generateRequest =
  (dialect: Dialect): Message =>
  () => ({
    contents: list(of(content(dialect))),
    systemInstruction: of(content(dialect)),
    tools: list(of(tool)),
    toolConfig: of(toolConfig),
    safetySettings: list(of(safetySetting)),
    generationConfig: of(generationConfig),
    cachedContent: string,
    labels: any,
    ...only('studio', dialect, { model: string, store: boolean, serviceTier: string }),
  });

export const countRequest =
  (dialect: Dialect): Message =>
  () => ({
    contents: list(of(content(dialect))),
    ...only('studio', dialect, { generateContentRequest: of(generateRequest(dialect)) }),
    ...only('vertex', dialect, {
      systemInstruction: of(content(dialect)),
      tools: list(of(tool)),
      generationConfig: of(generationConfig),
    }),
  });

export const embedRequest: Message = () => ({
  model: string,
  content: of(content('studio')),
  taskType: string,
  title: string,
  outputDimensionality: integer,
});

export const batchEmbedRequest: Message = () => ({ requests: list(of(embedRequest)) });

export const predictRequest: Message = () => ({
  instances: list(of(() => ({ content: string, taskType: string, title: string }))),
  parameters: of(() => ({ outputDimensionality: integer, autoTruncate: boolean })),
});
