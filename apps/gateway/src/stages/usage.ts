import { clampUnits, clampUsage, imageClassOf, type UnitUsage } from '@parley/domain/call-usage';
import { estimateInputTokens } from '@parley/llm/estimate';
import type { Usage } from '@parley/llm/neutral/usage';
import type { OperationUnits, OperationUsage } from '@parley/llm/operations/usage';
import { countTokens } from '@parley/llm/token-count';
import type { Exchange } from '../exchange.ts';

/** What a call beside chat is counted in, as prices and records have it. */
export function unitUsage(units: OperationUnits): Required<UnitUsage> {
  const { images, imageSize, imageQuality, audioSeconds, characters, searchUnits, pages } = units;
  const audioMs = Math.round(audioSeconds * 1000);
  const imageClass = imageClassOf(imageSize, imageQuality);
  return clampUnits({ images: images ?? 0, imageClass, audioMs, characters, searchUnits, pages });
}

/** What is told, and what is not as the request has it. */
function unitsTold(asked: OperationUnits, told: OperationUnits | null): OperationUnits {
  if (told === null) return asked;
  return {
    images: told.images ?? asked.images,
    imageSize: told.imageSize || asked.imageSize,
    imageQuality: told.imageQuality || asked.imageQuality,
    audioSeconds: told.audioSeconds || asked.audioSeconds,
    characters: told.characters || asked.characters,
    searchUnits: told.searchUnits || asked.searchUnits,
    pages: told.pages || asked.pages,
  };
}

function noteUnits(exchange: Exchange, told: OperationUnits | null): void {
  const { operation, operationWay } = exchange;
  if (operation === null || operationWay === null) return;
  const units = unitUsage(unitsTold(operationWay.units(operation), told));
  exchange.images = units.images;
  exchange.imageClass = units.images > 0 ? units.imageClass : '';
  exchange.audioMs = units.audioMs;
  exchange.characters = units.characters;
  exchange.searchUnits = units.searchUnits;
  exchange.pages = units.pages;
}

/** Notes what the provider says the call used. */
export function noteProviderUsage(exchange: Exchange, usage: Usage | OperationUsage): void {
  const clean = clampUsage(usage);
  exchange.usageSource = 'provider';
  exchange.inputTokens = clean.inputTokens;
  exchange.cachedInputTokens = clean.cachedInputTokens;
  exchange.cacheWriteInputTokens = clean.cacheWriteInputTokens;
  exchange.cacheWrite1hInputTokens = clean.cacheWrite1hInputTokens;
  exchange.audioInputTokens = clean.audioInputTokens;
  exchange.cachedAudioInputTokens = clean.cachedAudioInputTokens;
  exchange.audioOutputTokens = clean.audioOutputTokens;
  exchange.imageInputTokens = clean.imageInputTokens;
  exchange.cachedImageInputTokens = clean.cachedImageInputTokens;
  exchange.imageOutputTokens = clean.imageOutputTokens;
  exchange.outputTokens = clean.outputTokens;
  exchange.reasoningTokens = clean.reasoningTokens;
  noteUnits(exchange, 'searchUnits' in usage ? usage : null);
  addEarlier(exchange);
}

/** An answer that was asked for once more took what both took. */
function addEarlier(exchange: Exchange): void {
  const { earlier } = exchange;
  if (earlier === null) return;
  exchange.inputTokens += earlier.inputTokens;
  exchange.cachedInputTokens += earlier.cachedInputTokens;
  exchange.cacheWriteInputTokens += earlier.cacheWriteInputTokens ?? 0;
  exchange.cacheWrite1hInputTokens += earlier.cacheWrite1hInputTokens ?? 0;
  exchange.audioInputTokens += earlier.audioInputTokens ?? 0;
  exchange.cachedAudioInputTokens += earlier.cachedAudioInputTokens ?? 0;
  exchange.audioOutputTokens += earlier.audioOutputTokens ?? 0;
  exchange.imageInputTokens += earlier.imageInputTokens ?? 0;
  exchange.cachedImageInputTokens += earlier.cachedImageInputTokens ?? 0;
  exchange.imageOutputTokens += earlier.imageOutputTokens ?? 0;
  exchange.outputTokens += earlier.outputTokens;
  exchange.reasoningTokens += earlier.reasoningTokens;
  if (earlier.usageSource === 'estimated') exchange.usageSource = 'estimated';
}

const CHARS_PER_TOKEN = 4;

/** Notes an estimate, from the request and what was relayed of the answer: the provider never said. */
export function noteEstimatedUsage(exchange: Exchange, output: string, droppedChars = 0): void {
  const { operation, operationWay } = exchange;
  exchange.usageSource = 'estimated';
  exchange.inputTokens =
    operation === null || operationWay === null
      ? estimateInputTokens((exchange.continued ?? exchange.chat)?.body ?? {})
      : operationWay.estimated(operation).inputTokens;
  exchange.cachedInputTokens = 0;
  exchange.cacheWriteInputTokens = 0;
  exchange.cacheWrite1hInputTokens = 0;
  exchange.audioInputTokens = 0;
  exchange.cachedAudioInputTokens = 0;
  exchange.audioOutputTokens = 0;
  exchange.imageInputTokens = 0;
  exchange.cachedImageInputTokens = 0;
  exchange.imageOutputTokens = 0;
  exchange.reasoningTokens = 0;
  exchange.outputTokens = countTokens(output) + Math.ceil(droppedChars / CHARS_PER_TOKEN);
  noteUnits(exchange, null);
  addEarlier(exchange);
}
