import { covers, type PriceRates, type UnitRate } from '@parley/domain/price-rates';
import type { OperationName } from '@parley/llm/operations/operation';
import type { Exchange } from '../exchange.ts';

/** What calls beside chat are counted in, other than tokens: rates that a price may have for them. */
const COUNTED: Readonly<Partial<Record<OperationName, readonly UnitRate[]>>> = {
  image_generation: ['perImage'],
  image_edit: ['perImage'],
  image_variation: ['perImage'],
  speech: ['perMillionCharacters'],
  transcription: ['perAudioHour'],
  audio_translation: ['perAudioHour'],
  rerank: ['perSearch'],
  ocr: ['perPage'],
};

/** Whether a price says what the call costs. A price for other units only is none: such a call would be free. */
export function isPriced({ operation }: Exchange, price: PriceRates): boolean {
  return covers(price, (operation && COUNTED[operation.operation]) ?? []);
}
