import type { Conversation } from '../../core/conversation.ts';
import { promptTokens } from '../../core/prompt.ts';
import { deliverJson, deliverStream, streams } from '../../deliver.ts';
import type { Exchange } from '../../exchange.ts';
import type { Look, Settings } from '../../format.ts';
import { parseModel } from '../../models.ts';
import { checkContents } from './contents.ts';
import { conversationOf, thinkingTokens } from './conversation.ts';
import { countRequest, type Dialect } from './fields.ts';
import { generate, outputTokens, streamedResponses, wholeResponse } from './generation.ts';
import { answersArray, GoogleError } from './google-error.ts';
import { type GenerateRequest, parseGenerateRequest, readAs } from './request.ts';
import { arrayPlan, eventPlan } from './stream-plan.ts';

type Params = Readonly<Record<string, string>>;

/** Text of the last user content; the model is in the path, and whether to stream is the endpoint. */
export function lookAtGemini(stream: boolean) {
  return (body: unknown, params: Params): Look => {
    const { contents } = (body ?? {}) as { contents?: unknown };
    const list = (Array.isArray(contents) ? contents : [contents]) as { role?: unknown; parts?: unknown }[];
    const last = list.findLast((content) => content?.role !== 'model');
    const parts: unknown[] = Array.isArray(last?.parts) ? last.parts : [last?.parts];
    const texts = parts.map((part) => (part as { text?: unknown } | null | undefined)?.text);
    return { model: params.model ?? null, stream, text: texts.filter((text) => typeof text === 'string').join('\n') };
  };
}

interface Asked {
  readonly request: GenerateRequest;
  readonly conversation: Conversation;
}

function readGenerate(exchange: Exchange, body: unknown, dialect: Dialect): Asked {
  const { model } = parseModel(exchange.params.model ?? '');
  try {
    const request = parseGenerateRequest(body, dialect, (asked) => thinkingTokens(asked, model) > 0);
    return { request, conversation: conversationOf(request, model) };
  } catch (error) {
    if (!(error instanceof GoogleError) || !answersArray(exchange.request.url ?? '')) throw error;
    throw new GoogleError(error.status, error.message, error.details, true);
  }
}

/** `…:generateContent` and `…:streamGenerateContent`. */
export function generateContent(dialect: Dialect, stream: boolean) {
  return async (exchange: Exchange, body: unknown, settings: Settings): Promise<void> => {
    const { faults } = exchange;
    const { request, conversation: read } = readGenerate(exchange, body, dialect);
    const conversation = { ...read, textBeforeTools: faults.has('text-before-tools') };
    const config = request.generationConfig ?? {};
    const generation = generate(conversation, config.candidateCount ?? 1, {
      settings: {
        includeThoughts: config.thinkingConfig?.includeThoughts ?? false,
        callIds: dialect === 'studio' && !faults.has('call-ids-missing'),
        bareEnum: config.responseMimeType === 'text/x.enum',
        emptyArguments: faults.has('tool-arguments-empty'),
        modalities: config.responseModalities ?? [],
      },
      cached: faults.get('cached-tokens')?.value ?? settings.promptCache?.cachedTokens(conversation) ?? 0,
      faults,
    });
    if (!streams(exchange, stream)) {
      return deliverJson(exchange, wholeResponse(generation), outputTokens(generation), settings.msPerToken);
    }
    const chunks = streamedResponses(generation);
    const inArray = answersArray(exchange.request.url ?? '');
    const errorFirst = (faults.get('error-in-stream')?.value ?? 0) === 0;
    await deliverStream(exchange, inArray ? arrayPlan(chunks, errorFirst) : eventPlan(chunks), settings.msPerToken);
  };
}

/** `…:countTokens`, of contents or of a whole request. */
export function countTokens(dialect: Dialect) {
  return async (exchange: Exchange, body: unknown): Promise<void> => {
    const { model } = parseModel(exchange.params.model ?? '');
    const read = readAs<GenerateRequest & { generateContentRequest?: GenerateRequest }>(countRequest(dialect), body);
    const request = read.generateContentRequest ?? read;
    checkContents(request.contents ?? [], false);
    const totalTokens = promptTokens(conversationOf(request, model));
    const promptTokensDetails = [{ modality: 'TEXT', tokenCount: totalTokens }];
    await deliverJson(exchange, { totalTokens, promptTokensDetails }, 0, 0);
  };
}
