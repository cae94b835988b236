import type { BilledUnit, CataloguePrice, TokenClass, TokenRates } from '../../src/catalogue/model.ts';
import { isRecord, text } from './records.ts';

const TOKEN_KEYS: Readonly<Record<string, TokenClass>> = {
  input_mtok: 'input',
  cache_read_mtok: 'cachedInput',
  cache_write_mtok: 'cacheWrite5m',
  cache_write_1h_mtok: 'cacheWrite1h',
  output_mtok: 'output',
  output_reasoning_mtok: 'reasoning',
  output_citation_mtok: 'citation',
  input_audio_mtok: 'audioInput',
  cache_audio_read_mtok: 'cachedAudioInput',
  output_audio_mtok: 'audioOutput',
  input_image_mtok: 'imageInput',
  cache_image_read_mtok: 'cachedImageInput',
  output_image_mtok: 'imageOutput',
  input_video_mtok: 'videoInput',
  output_video_mtok: 'videoOutput',
};

/** Nano-USD per single unit for each dollar the source gives (per thousand, or per hour). */
const UNIT_KEYS: Readonly<Record<string, readonly [BilledUnit, number]>> = {
  requests_kcount: ['request', 1e6],
  web_searches_kcount: ['webSearch', 1e6],
  storage_searches_kcount: ['fileSearch', 1e6],
  input_text_messages_kcount: ['textMessage', 1e6],
  input_document_kpages: ['page', 1e6],
  input_annotated_document_kpages: ['annotatedPage', 1e6],
  audio_hours: ['audioHour', 1e9],
  input_audio_hours: ['audioInputHour', 1e9],
};

/** Price rows of genai-prices as ours. Throws on a class or condition it does not know, so that none is lost silently. */
export function pricesOf(prices: unknown): CataloguePrice[] {
  if (prices === undefined) return [];
  const rows = Array.isArray(prices) ? prices.filter(isRecord) : [{ prices }];
  return rows.map((row) => ({
    ...condition(row['constraint']),
    ...rates(isRecord(row['prices']) ? row['prices'] : {}),
  }));
}

function condition(constraint: unknown): Pick<CataloguePrice, 'from' | 'hours'> {
  if (!isRecord(constraint)) return {};
  if (constraint['type'] === 'start_date') return { from: text(constraint['start_date']) ?? unknown(constraint) };
  if (constraint['type'] === 'time_of_date') {
    return { hours: [hour(constraint['start_time']), hour(constraint['end_time'])] };
  }
  return unknown(constraint);
}

function hour(value: unknown): string {
  const found = /^(\d\d:\d\d):00Z$/.exec(text(value) ?? '');
  return found?.[1] ?? unknown(value);
}

function unknown(what: unknown): never {
  throw new Error(`genai-prices states something new: ${JSON.stringify(what)}. Teach prices.ts what it means.`);
}

function rates(row: Record<string, unknown>): Pick<CataloguePrice, 'tokens' | 'units' | 'tiers'> {
  const tokens: Partial<Record<TokenClass, number>> = {};
  const units: Partial<Record<BilledUnit, number>> = {};
  const tiers = new Map<number, Partial<Record<TokenClass, number>>>();
  for (const [key, value] of Object.entries(row)) {
    const kind = TOKEN_KEYS[key];
    const unit = UNIT_KEYS[key];
    if (kind && typeof value === 'number') tokens[kind] = nano(value, 1e9);
    else if (kind && isRecord(value) && typeof value['base'] === 'number' && Array.isArray(value['tiers'])) {
      tokens[kind] = nano(value['base'], 1e9);
      for (const tier of value['tiers'].filter(isRecord)) {
        const above = Number(tier['start']);
        tiers.set(above, { ...tiers.get(above), [kind]: nano(Number(tier['price']), 1e9) });
      }
    } else if (unit && typeof value === 'number') units[unit[0]] = nano(value, unit[1]);
    else unknown({ [key]: value });
  }
  return {
    tokens: sorted(tokens),
    ...(Object.keys(units).length > 0 ? { units: sorted(units) } : {}),
    ...(tiers.size > 0
      ? {
          tiers: [...tiers]
            .sort(([a], [b]) => a - b)
            .map(([above, rate]) => ({ above, tokens: sorted(rate) as TokenRates })),
        }
      : {}),
  };
}

function nano(dollars: number, factor: number): number {
  const amount = Math.round(dollars * factor);
  if (!Number.isSafeInteger(amount) || amount < 0) unknown({ dollars });
  return amount;
}

function sorted<T extends object>(rates: T): T {
  return Object.fromEntries(Object.entries(rates).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}
