import type { ProviderFormat, ProviderSettings } from '@parley/contracts/provider-format';

/**
 * How a provider is told who calls:
 * - `bearer`: `authorization: Bearer <key>`; `x-api-key`, `x-goog-api-key`, `api-key`: the key in that header;
 * - `aws`: SigV4; the key is JSON `{"accessKeyId", "secretAccessKey", "sessionToken"?}`, or a Bedrock API key, sent as bearer;
 * - `google`: OAuth with a service account; the key is the service account's JSON file;
 * - `none`: nothing.
 */
export type ProviderAuth = 'bearer' | 'x-api-key' | 'x-goog-api-key' | 'api-key' | 'aws' | 'google' | 'none';

/**
 * Where an OpenAI-compatible provider differs from OpenAI. Only what there is evidence for (`evidence`); an absent quirk
 * means “like OpenAI, or unknown”.
 */
export interface ProviderQuirks {
  /** The only field it takes for the longest answer. */
  readonly maxTokensField?: 'max_tokens' | 'max_completion_tokens';
  /** `false`: refuses `stream_options`; usage comes without asking. */
  readonly streamOptions?: false;
  /** Where else usage is in the last chunk of a stream. */
  readonly streamUsageAt?: 'x_groq.usage';
  /** `false`: refuses `parallel_tool_calls`. */
  readonly parallelToolCalls?: false;
  /** `false`: streams just end after the finish reason, with no `[DONE]`. */
  readonly done?: false;
  /** `false`: refuses ids of tool calls; calls and results find each other by name and order (Gemini on Vertex AI). */
  readonly toolCallIds?: false;
  /** `false`: refuses or ignores the field. */
  readonly store?: false;
  readonly developerRole?: false;
  readonly reasoningEffort?: false;
  readonly strictTools?: false;
  readonly tools?: false;
  readonly jsonSchema?: false;
  readonly stop?: false;
  readonly seed?: false;
  readonly penalties?: false;
  /** Another name for `seed`. */
  readonly seedField?: 'random_seed';
  /** What it writes for `tool_choice: "required"`. */
  readonly requiredToolChoice?: 'any';
  /** Ids of tool calls must match this. */
  readonly toolCallId?: RegExp;
  /** Field of a message and delta that holds the reasoning. */
  readonly reasoningField?: 'reasoning_content' | 'reasoning';
  /** `true`: the reasoning must come back with the assistant's message when tools follow. */
  readonly replayReasoning?: true;
  /** How reasoning is asked for, where it is not `reasoning_effort`. */
  readonly thinking?: 'thinking.type' | 'enable_thinking' | 'reasoning.effort';
}

export interface ProviderPreset {
  /** Stable; stored with the provider and used in the catalogue's offers. */
  readonly id: string;
  readonly name: string;
  readonly format: ProviderFormat;
  /** Placeholders in braces are settings: `https://{region}-…`. */
  readonly baseUrl: string;
  readonly auth: ProviderAuth;
  /** Variable its own tools read the key from; what people have it under. */
  readonly keyEnv: string | null;
  readonly docsUrl: string;
  /** Settings without which it cannot be called, and those it may take. */
  readonly needs?: readonly (keyof ProviderSettings)[];
  readonly takes?: readonly (keyof ProviderSettings)[];
  /** The row whose offers in the catalogue hold for it too: the same service through another format or address. */
  readonly sellsAs?: string;
  readonly quirks?: ProviderQuirks;
  /** Where the quirks were read. */
  readonly evidence?: readonly string[];
}
