import { z } from 'zod';

/** Decimal amount of whole units of the currency, as people type it: `"2.50"`. */
const amountInput = z
  .string()
  .trim()
  .regex(/^\d{1,9}(\.\d{1,9})?$/, 'A plain amount like 2.50, at most nine decimals.');

const finerRates = {
  /** Input tokens the provider had cached; the price of input when not given. */
  cachedInput: amountInput.optional(),
  /** Input tokens written into the provider's prompt cache; the price of input when not given. */
  cacheWrite: amountInput.optional(),
  /** The same for an hour; the price of five minutes when not given. */
  cacheWrite1h: amountInput.optional(),
  /** Sound in input; the price of input when not given. The provider's cached sound: that of sound. */
  audioInput: amountInput.optional(),
  cachedAudioInput: amountInput.optional(),
  /** Pictures in input, in the same way. */
  imageInput: amountInput.optional(),
  cachedImageInput: amountInput.optional(),
  /** Sound and pictures in output; the price of output when not given. */
  audioOutput: amountInput.optional(),
  imageOutput: amountInput.optional(),
  /** Reasoning tokens; the price of output when not given. */
  reasoning: amountInput.optional(),
};

const tierInput = z.object({
  aboveInputTokens: z.number().int().min(1, 'A number of tokens.').max(1_000_000_000),
  input: amountInput,
  output: amountInput,
  ...finerRates,
});
export type TierInput = z.output<typeof tierInput>;

const imageClassWord = z
  .string()
  .trim()
  .regex(/^[\w.:-]{1,20}$/, 'As callers write it: 1024x1024, high.')
  .optional();

const MAX_TIERS = 4;
const MAX_IMAGE_CLASSES = 20;

/** A price as it is typed: whole units of the currency per million tokens; what begins with `per` says of what. */
export const priceInput = z.object({
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, 'Three capital letters, like USD.')
    .default('USD'),
  /** Only a price with a rate for a unit can do without. */
  input: amountInput.optional(),
  output: amountInput.optional(),
  ...finerRates,
  perRequest: amountInput.default('0'),
  batchPercent: z
    .number()
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe(
      'What a provider charges in its own batch API, in percent of all this. Only kept: the gateway works batches off by ordinary calls, which cost 100.',
    ),
  /** A picture made, and pictures of a size, a quality, or both. */
  perImage: amountInput.optional(),
  imageClasses: z
    .array(z.object({ size: imageClassWord, quality: imageClassWord, perImage: amountInput }))
    .max(MAX_IMAGE_CLASSES)
    .optional(),
  /** An hour of sound that is listened to. */
  perAudioHour: amountInput.optional(),
  /** A million characters of text that is spoken. */
  perMillionCharacters: amountInput.optional(),
  /** A search unit of reranking. */
  perSearch: amountInput.optional(),
  /** A page of a document that is read. */
  perPage: amountInput.optional(),
  /** Rates of whole calls whose input is longer than so many tokens. */
  tiers: z.array(tierInput).max(MAX_TIERS).optional(),
});
export type PriceInput = z.output<typeof priceInput>;
