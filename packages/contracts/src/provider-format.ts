import { z } from 'zod';

/** The wire formats of model providers. `openai_chat` is also spoken by most others (`packages/llm/src/providers/table.ts`). */
export const PROVIDER_FORMATS = [
  'openai_chat',
  'openai_responses',
  'anthropic',
  'gemini',
  'vertex',
  'bedrock',
  'azure',
  'cohere',
] as const;
export type ProviderFormat = (typeof PROVIDER_FORMATS)[number];

const name = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,99}$/, 'Letters, digits and . _ : - , at most 100.');

/**
 * What a provider needs besides address and key, by name; never secrets. Kept on the provider and sent to the gateway in clear.
 */
export const providerSettingsSchema = z.strictObject({
  /** Cloud region: `eu-central-1` (Bedrock), `europe-west4` or `global` (Vertex AI). */
  region: name.optional(),
  /** Google Cloud project id (Vertex AI). */
  project: name.optional(),
  /** `api-version` of Azure OpenAI's dated interface; without it the `v1` interface is used, which has none. */
  apiVersion: name.optional(),
  /** Azure OpenAI: model name → deployment name, where they differ. */
  deployments: z.record(z.string().min(1).max(200), name).optional(),
  /** Account of the provider where its address contains one (Cloudflare, Snowflake, Infomaniak). */
  account: name.optional(),
});
export type ProviderSettings = z.infer<typeof providerSettingsSchema>;
