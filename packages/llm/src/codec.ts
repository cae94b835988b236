import type { Answer, AnswerSink, ProviderError } from './neutral/answer.ts';
import type { Call, CallIssue, Loss, Protocol } from './neutral/call.ts';
import type { Usage } from './neutral/usage.ts';
import type { ProviderQuirks } from './providers/preset.ts';

/**
 * What a protocol is to the gateway. A client's protocol and a provider's are joined by `ways.ts`: where they are the same,
 * `Passing` lets bytes through; else `ClientCodec` and `ProviderCodec` meet in the neutral form. Codecs never throw for what a
 * client or provider sends.
 */
export interface Codec {
  readonly protocol: Protocol;
  readonly client: ClientCodec | null;
  readonly provider: ProviderCodec | null;
  readonly passing: Passing | null;
}

/** A client's request, read as far as every call needs it. The text is what is sent on where the protocols agree. */
export interface ClientCall {
  readonly protocol: Protocol;
  readonly text: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The client's name for the model: from the body, or from the address where the protocol has it there. */
  readonly model: string;
  readonly stream: boolean;
  /** The client asked for the usage of a stream; in protocols that always tell it, true. */
  readonly wantsUsage: boolean;
  /** How the stream is written, where not as server-sent events. */
  readonly streamForm?: 'json_array';
}

/** What a request's address says, in protocols that have it there instead of in the body. */
export interface ClientAddress {
  /** Empty where the body names the model. */
  readonly model: string;
  readonly stream: boolean;
  /** With its `?`, or empty. */
  readonly query: string;
}

/** What a codec has to know of the model a call goes to. */
export interface Target {
  /** The provider's name for the model. */
  readonly model: string;
  /** The longest answer the model can give; `null` when it is not known. */
  readonly maxOutputTokens: number | null;
  readonly quirks: ProviderQuirks;
}

/** What the client is shown beside the model's words. */
export interface AnswerView {
  readonly call: ClientCall;
  /** The tenant's name for the model. */
  readonly model: string;
  /** Of the request, for answers whose provider gives none. */
  readonly id: string;
  /** Unix seconds. */
  readonly createdS: number;
}

/** A failure as a client is told it: the same in every protocol but for the form. */
export interface ClientError {
  readonly status: number;
  readonly message: string;
  /** Parley's code of the refusal, or the provider's where it was passed on in the same protocol. */
  readonly code: string | null;
  readonly param: string | null;
  /** The provider's own type, where its error is passed on in the same protocol. */
  readonly type: string | null;
  readonly requestId: string;
  readonly docUrl: string | null;
  readonly retryAfterSeconds: number | null;
  /** Further members of the error object, by the same names in every protocol. */
  readonly more?: Readonly<Record<string, string | number | null>>;
}

export interface ClientCodec {
  /** Reads what every call needs. */
  envelope(text: string, address: ClientAddress): ClientCall | CallIssue;
  /** Reads the whole request. */
  read(call: ClientCall): Call | CallIssue;
  writeAnswer(answer: Answer, view: AnswerView): string;
  streamWriter(view: AnswerView): StreamWriter;
  /** Answers how many tokens a call would take in, by our own estimate; in protocols that have such a question. */
  countTokens?(call: ClientCall): string | CallIssue;
  /** Body of an error that is the whole answer; JSON. */
  errorBody(error: ClientError): string;
}

/** Writes an answer as a client's stream, while it comes. */
export interface StreamWriter extends AnswerSink {
  /** What the client is told it gets; `text/event-stream` when absent. */
  readonly contentType?: string;
  /** What is to be sent since the last time. Nothing that `end` writes is in it. */
  take(): string;
  /** What completes the stream once `end` has come: sent when the call is settled. */
  ending(): string;
  /** What ends a stream that was broken off: an error in protocol, and no sign of completion. */
  broken(error: ClientError): string;
}

/** A request in a provider's protocol. */
export interface ProviderRequest {
  readonly body: string;
  /** Flat names and values beyond those every call has. */
  readonly headers: readonly string[];
  readonly losses: readonly Loss[];
  /** By the name sent, the client's own, of tools whose names the provider would not take. */
  readonly toolNames?: ReadonlyMap<string, string>;
}

export interface ProviderCodec {
  /** Writes a call, and says what of it could not be told. */
  write(call: Call, target: Target): ProviderRequest;
  /**
   * URLs in a call that the provider does not fetch itself. Whoever relays fetches them, through the connector that guards
   * against inner networks, and puts them in place (`withMedia`); `write` reports one that is still there as lost.
   */
  mediaToFetch?(call: Call): readonly string[];
  /** Reads a whole answer; an error in a 200 is a `ProviderError`; `null` for what is no answer of this protocol. */
  readAnswer(text: string): Answer | ProviderError | null;
  streamReader(sink: AnswerSink, target: Target): StreamReader;
  /** Reads the body of an answer that is no 2xx; `null` when it holds no error of this protocol. */
  readError(text: string, status: number): ProviderError | null;
}

/** Reads a provider's stream, in any chunking, into a sink. */
export interface StreamReader {
  /** After the sink heard `end` or `fail`, further bytes are ignored. */
  feed(bytes: Buffer): void;
  /** The provider's bytes ended. */
  end(): void;
}

/** Lets a protocol through where client and provider speak the same: bytes stay as they are but for what must change. */
export interface Passing {
  /** Headers of the client, in lower case, that mean something to the provider (`anthropic-beta`). */
  readonly headers: readonly string[];
  /** The client's request with the provider's name for the model, and usage asked for. */
  body(call: ClientCall, target: Target): string;
  /** A whole answer; `null` for what is none. */
  answer(text: string, view: AnswerView): PassedAnswer | ProviderError | null;
  stream(view: AnswerView, target: Target): AnswerStream;
}

/** A whole answer on its way to the client. */
export interface PassedAnswer {
  /** For the client. */
  readonly text: string;
  readonly usage: Usage | null;
  readonly providerModel: string | null;
  readonly finishReason: string | null;
  /** Everything the model said, for an estimate where the provider tells no usage. */
  output(): string;
}

/** `open`: more may come. `done`: the provider said that it is complete. `failed`: it sent an error, or nonsense. */
export type AnswerStreamState = 'open' | 'done' | 'failed';

/** A provider's stream on its way to the client. */
export interface AnswerStream {
  /** What the client is told it gets; `text/event-stream` when absent. */
  readonly contentType?: string;
  readonly state: AnswerStreamState;
  readonly usage: Usage | null;
  /** The model the provider says it used. */
  readonly providerModel: string | null;
  /** Something a client waits for has come: text, a tool call, thoughts. */
  readonly sawOutput: boolean;
  readonly finishReason: string | null;
  /** Why it `failed`, where the provider said so. */
  readonly error: ProviderError | null;
  /** Takes the provider's next bytes; what goes to the client now (may be empty). */
  feed(bytes: Buffer): string;
  /** The provider's bytes ended; what was still held. Without the protocol's end before it the state stays `open`. */
  end(): string;
  /** What completes the stream, once `done`. */
  ending(): string;
  broken(error: ClientError): string;
  /** What was said, where another answer may go on with it; `null` where none may. */
  readonly said?: string | null;
  /** What is fed from now on is such an answer. `before`: what the first part took. */
  resume?(from: ProviderCodec, target: Target, before: Usage): void;
  /** What the model has said so far, for an estimate; `droppedChars` more were not kept. */
  output(): { readonly text: string; readonly droppedChars: number };
}
