import type { ProviderSettings } from '@parley/contracts/provider-format';
import type { Target } from '../codec.ts';
import type { ProviderError } from '../neutral/answer.ts';
import type { CallIssue, Loss } from '../neutral/call.ts';
import type { OperationUnits, OperationUsage } from './usage.ts';

/**
 * What models do beside chat. As in chat a client speaks one dialect and a provider another; where both speak the same,
 * bytes pass, else both meet in a neutral form (`embeddings/call.ts`, `rerank/call.ts`). `table.ts` says which there are.
 */
export type OperationName =
  | 'embeddings'
  | 'rerank'
  | 'image_generation'
  | 'image_edit'
  | 'image_variation'
  | 'speech'
  | 'transcription'
  | 'audio_translation'
  | 'moderation'
  | 'ocr';

/** How a client asks for it. */
export type Dialect = 'openai' | 'gemini' | 'cohere' | 'jina';

/** What an address asks for. */
export interface OperationAddress {
  readonly operation: OperationName;
  readonly dialect: Dialect;
  /** Empty where the body names the model. */
  readonly model: string;
  /** Gemini: several inputs in one call. */
  readonly batch: boolean;
}

/** A client's request, read as far as every call needs it. */
export interface OperationCall extends OperationAddress {
  readonly stream: boolean;
  /** As received: `application/json`, or `multipart/form-data` with its boundary. */
  readonly contentType: string;
  readonly bytes: Buffer;
  /** The members of a JSON body, or the plain fields of a form (without its files). */
  readonly body: Readonly<Record<string, unknown>>;
}

/** A request for a provider. */
export interface OperationRequest {
  readonly contentType: string;
  readonly body: string | Buffer;
  readonly losses: readonly Loss[];
}

/** What the client is shown beside what was computed. */
export interface OperationView {
  /** The tenant's name for the model. */
  readonly model: string;
  /** Of the request, for answers whose provider gives none. */
  readonly id: string;
}

/** A whole answer for the client. */
export interface OperationAnswer {
  readonly text: string;
  /** `null` where the provider told none: then `estimated` is all there is. */
  readonly usage: OperationUsage | null;
  readonly providerModel: string | null;
}

/** How an answer comes: one JSON text, bytes to hand on as they come (sound, plain text), or server-sent events. */
export type AnswerForm = 'json' | 'bytes' | 'events';

/** How a client of one dialect is served by a provider of one format. */
export interface OperationWay {
  /** Client and provider speak the same: bytes pass, and the provider's errors name what the client knows. */
  readonly same: boolean;
  /** Path and query under the provider's base URL. */
  path(call: OperationCall, target: Target, settings: ProviderSettings): string;
  /** The request for the provider, or what is wrong with the client's. */
  body(call: OperationCall, target: Target): OperationRequest | CallIssue;
  form(call: OperationCall): AnswerForm;
  /** A whole JSON answer for the client; `null` for what is none. */
  answer(text: string, call: OperationCall, view: OperationView): OperationAnswer | ProviderError | null;
  /** An answer in events, on its way to the client. */
  events(): OperationEvents;
  /** What a call uses as far as its request tells: tokens of texts by estimate, characters to speak. */
  estimated(call: OperationCall): OperationUsage;
  /** What a call is counted in beside tokens, as far as its request tells: exactly, or a little more than that. */
  units(call: OperationCall): OperationUnits;
  readError(text: string, status: number): ProviderError | null;
}

/** Server-sent events that pass: what goes to the client is what came, usage and end are noted on the way. */
export interface OperationEvents {
  /** `done`: the event that completes the answer has come. */
  readonly state: 'open' | 'done' | 'failed';
  readonly usage: OperationUsage | null;
  readonly error: ProviderError | null;
  feed(bytes: Buffer): void;
  end(): void;
}

/** A problem with one member of a client's request. */
export function problem(param: string, message: string): CallIssue {
  return { malformed: false, param, message: `\`${param}\` ${message}.` };
}
