import {
  type Conversation,
  type Media,
  type Output,
  THINKING_TOKENS,
  type Turn,
  usualEffort,
} from '../../core/conversation.ts';
import { takeDirectives } from '../../faults.ts';
import { type Content, declarations, type GenerateRequest, type Part } from './request.ts';
import { jsonSchemaOf } from './schema.ts';

/** Tokens of media (Gemini API, “Understand and count tokens”): a picture up to 384 pixels; the rest at a flat price. */
const MEDIA_TOKENS: Readonly<Record<Media['kind'], number>> = { image: 258, document: 258, audio: 320, video: 2630 };

function mediaKind(mimeType: string): Media['kind'] {
  const [family] = mimeType.split('/');
  return family === 'image' || family === 'audio' || family === 'video' ? family : 'document';
}

function mediaOf(parts: readonly Part[]): Media[] {
  return parts.flatMap((part) => {
    const blob = part.inlineData ?? part.fileData;
    if (!blob) return [];
    const kind = mediaKind(blob.mimeType ?? '');
    return [{ kind, tokens: MEDIA_TOKENS[kind] }];
  });
}

const textOf = (parts: readonly Part[]): string =>
  parts.flatMap((part) => (part.text === undefined || part.thought ? [] : [part.text])).join(' ');

/** One content as turns: a model's with its calls, or results each on its own and then what the user said. */
function turnsOf(content: Content): Turn[] {
  const parts = content.parts ?? [];
  if (content.role === 'model') {
    const calls = parts.flatMap(({ functionCall: call }) =>
      call ? [{ name: call.name ?? '', arguments: JSON.stringify(call.args ?? {}) }] : [],
    );
    return [{ role: 'assistant', text: textOf(parts), media: mediaOf(parts), calls }];
  }
  const results = parts.flatMap(({ functionResponse: found }): Turn[] =>
    found ? [{ role: 'tool', text: JSON.stringify(found.response ?? {}) }] : [],
  );
  const said = parts.filter((part) => !part.functionResponse);
  if (said.length === 0) return results;
  return [...results, { role: 'user', text: takeDirectives(textOf(said)).text, media: mediaOf(said) }];
}

function wanted({ generationConfig: config = {} }: GenerateRequest): Output {
  if (config.responseJsonSchema) return { type: 'schema', schema: config.responseJsonSchema };
  if (config.responseSchema) return { type: 'schema', schema: jsonSchemaOf(config.responseSchema) };
  return { type: config.responseMimeType === 'application/json' ? 'json' : 'text' };
}

type FunctionCalling = NonNullable<GenerateRequest['toolConfig']>['functionCallingConfig'];

function chosen(config: FunctionCalling): Conversation['toolChoice'] {
  const { mode = 'AUTO', allowedFunctionNames: allowed = [] } = config ?? {};
  if (mode === 'NONE') return 'none';
  if (mode !== 'ANY') return 'auto';
  return allowed.length === 1 ? { name: allowed[0] as string } : 'required';
}

/** Tokens of thinking: a level, a budget (−1 lets the model decide, 0 is none), or what is usual for the model. */
export function thinkingTokens(request: GenerateRequest, model: string): number {
  const { thinkingLevel: level, thinkingBudget: budget } = request.generationConfig?.thinkingConfig ?? {};
  if (level) return THINKING_TOKENS[level.toLowerCase() as Lowercase<typeof level>];
  if (budget === undefined) return THINKING_TOKENS[usualEffort(model)];
  return budget < 0 ? THINKING_TOKENS.medium : Math.min(budget, THINKING_TOKENS.high);
}

/** The request as the core understands it. */
export function conversationOf(request: GenerateRequest, model: string): Conversation {
  const { generationConfig: config = {}, systemInstruction, contents = [] } = request;
  const calling = request.toolConfig?.functionCallingConfig;
  const allowed = calling?.allowedFunctionNames ?? [];
  const system: Turn[] = systemInstruction ? [{ role: 'system', text: textOf(systemInstruction.parts ?? []) }] : [];
  return {
    model,
    turns: [...system, ...contents.flatMap(turnsOf)],
    tools: declarations(request)
      .filter(({ name = '' }) => allowed.length === 0 || allowed.includes(name))
      .map(({ name = '', description, parameters, parametersJsonSchema }) => ({
        name,
        ...(description ? { description } : {}),
        ...(parameters ? { parameters: jsonSchemaOf(parameters) } : {}),
        ...(parametersJsonSchema ? { parameters: parametersJsonSchema } : {}),
      })),
    toolChoice: chosen(calling),
    parallel: true,
    output: wanted(request),
    stop: config.stopSequences ?? [],
    maxTokens: config.maxOutputTokens,
    thinkingTokens: thinkingTokens(request, model),
    variation: [
      config.seed ?? null,
      config.temperature ?? null,
      config.topP ?? null,
      ...(config.topK === undefined ? [] : [config.topK]),
    ],
  };
}
