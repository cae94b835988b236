/** What a catalogue's model is for. */
export const MODEL_KINDS = [
  'chat',
  'embedding',
  'rerank',
  'image',
  'speech',
  'transcription',
  'realtime',
  'moderation',
  'document',
] as const;
export type ModelKind = (typeof MODEL_KINDS)[number];

/** `superseded`: works, its maker recommends a newer one. `deprecated`: its end is announced. `retired`: calls fail. */
export const MODEL_STATUSES = ['current', 'superseded', 'deprecated', 'retired'] as const;
export type ModelStatus = (typeof MODEL_STATUSES)[number];

/**
 * Classes of tokens with a price of their own. A class that is missing in a price has no rate of its own in the source:
 * it is not known to be free.
 */
export const TOKEN_CLASSES = [
  'input',
  'cachedInput',
  'cacheWrite5m',
  'cacheWrite1h',
  'output',
  'reasoning',
  'citation',
  'audioInput',
  'cachedAudioInput',
  'audioOutput',
  'imageInput',
  'cachedImageInput',
  'imageOutput',
  'videoInput',
  'videoOutput',
] as const;
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** What else is billed, each in nano-USD per single unit. */
export const BILLED_UNITS = [
  'request',
  'webSearch',
  'fileSearch',
  'textMessage',
  'page',
  'annotatedPage',
  'audioHour',
  'audioInputHour',
] as const;
export type BilledUnit = (typeof BILLED_UNITS)[number];

/** Integers in nano-USD per million tokens. */
export type TokenRates = Readonly<Partial<Record<TokenClass, number>>>;

/** One row of a price list. Of several, the last one whose conditions hold is in force (`priceInForce`). */
export interface CataloguePrice {
  /** First day it holds, `YYYY-MM-DD` in UTC; absent: since the provider first offered it. */
  readonly from?: string;
  /** Hours of the day it holds, `HH:MM` in UTC, from (inclusive) to (exclusive); absent: the whole day. */
  readonly hours?: readonly [string, string];
  readonly tokens: TokenRates;
  readonly units?: Readonly<Partial<Record<BilledUnit, number>>>;
  /** Rates of a whole request whose input is longer than this many tokens, in rising order of `above`. */
  readonly tiers?: readonly { readonly above: number; readonly tokens: TokenRates }[];
}

/** A model at one provider. */
export interface Offer {
  /** `id` in the provider table. */
  readonly provider: string;
  /** The name to send. */
  readonly name: string;
  /** Other names the provider takes for it. */
  readonly aliases?: readonly string[];
  /** The provider's own window, where it is known and differs from the model's. */
  readonly contextTokens?: number;
  /** Oldest first; empty where no source states one. */
  readonly prices: readonly CataloguePrice[];
}

/** A model of the catalogue. What no source states is `null`, or in neither `can` nor `cannot`. */
export interface CatalogueModel {
  /** `maker/name`; stable. */
  readonly id: string;
  readonly maker: string;
  readonly name: string;
  readonly kind: ModelKind;
  readonly status: ModelStatus;
  readonly contextTokens: number | null;
  readonly maxOutputTokens: number | null;
  /** Capabilities (`@parley/contracts/capabilities`) that a source states. */
  readonly can: readonly string[];
  /** Capabilities that a source denies. */
  readonly cannot: readonly string[];
  /** `YYYY-MM-DD`, or `YYYY-MM` where the day is not known. */
  readonly releasedOn: string | null;
  /** Day from which calls fail, where its maker announced one. */
  readonly retiresOn: string | null;
  readonly offers: readonly Offer[];
  /** Names of `CatalogueFile.sources` that say something about it. */
  readonly sources: readonly string[];
}

export interface CatalogueSource {
  readonly name: string;
  readonly version: string;
  /** Day it was published, `YYYY-MM-DD`. */
  readonly date: string;
  readonly licence: string;
  readonly about: string;
}

export interface CatalogueFile {
  readonly currency: 'USD';
  readonly sources: readonly CatalogueSource[];
  readonly makers: readonly { readonly id: string; readonly name: string }[];
  readonly models: readonly CatalogueModel[];
}
