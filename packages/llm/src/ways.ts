import type { AnswerStream, AnswerView, ClientCall, Codec, PassedAnswer, ProviderCodec, Target } from './codec.ts';
import type { ProviderError } from './neutral/answer.ts';
import type { Call, CallIssue, Loss, Protocol } from './neutral/call.ts';
import { type FetchedMedia, withMedia } from './neutral/media.ts';
import { withOwnNames } from './own-names.ts';
import { codec as anthropic } from './protocols/anthropic/codec.ts';
import { codec as bedrock } from './protocols/bedrock/codec.ts';
import { codec as cohere } from './protocols/cohere/codec.ts';
import { codec as gemini } from './protocols/gemini/codec.ts';
import { codec as openAiChat } from './protocols/openai-chat/codec.ts';
import { codec as openAiResponses } from './protocols/openai-responses/codec.ts';
import { TranslatedStream, translateAnswer } from './translate.ts';

/** Every protocol that can be spoken. */
const CODECS: Partial<Readonly<Record<Protocol, Codec>>> = {
  openai_chat: openAiChat,
  openai_responses: openAiResponses,
  anthropic,
  bedrock,
  gemini,
  cohere,
};

/** What is known of a protocol; `null` for one nobody here speaks. */
export function codecOf(protocol: Protocol): Codec | null {
  return CODECS[protocol] ?? null;
}

/** The request a provider is sent. */
export interface WrittenCall {
  readonly body: string;
  /** Flat names and values. */
  readonly headers: readonly string[];
  readonly losses: readonly Loss[];
}

/** How a client of one protocol is served by a provider of another, or of the same. */
export interface Way {
  readonly from: Protocol;
  readonly to: Protocol;
  /** Headers of the client that go on to the provider, in lower case. */
  readonly passedHeaders: readonly string[];
  /** URLs of media the provider does not fetch itself; what is had of them is given to `body`. */
  mediaToFetch(call: ClientCall): readonly string[];
  /** The client's request for the provider; or what is wrong with it. `media`: by URL, as fetched. */
  body(call: ClientCall, target: Target, media?: ReadonlyMap<string, FetchedMedia>): WrittenCall | CallIssue;
  /** A whole answer for the client; `null` for what is none. */
  answer(text: string, view: AnswerView, target: Target): PassedAnswer | ProviderError | null;
  stream(view: AnswerView, target: Target): AnswerStream;
  readError(text: string, status: number): ProviderError | null;
  /** Reads the provider's answer to a call, with the client's own names of its tools. */
  reader(call: ClientCall): ProviderCodec;
}

const NO_HEADERS: readonly string[] = [];
const NO_URLS: readonly string[] = [];
const NO_LOSSES: readonly Loss[] = [];

/** Translated answers hold no log probabilities: whoever asks for them is told, also where the provider could give them. */
const LOGPROBS: Loss = {
  path: 'logprobs',
  why: 'answers of another protocol are handed on without them',
  essential: true,
};

function allLosses(call: Call, losses: readonly Loss[]): readonly Loss[] {
  if (call.logprobs === undefined || losses.some(({ path }) => path === LOGPROBS.path)) return losses;
  return [...losses, LOGPROBS];
}

function joined(client: Codec, provider: Codec): Way | null {
  const side = client.client;
  const other = provider.provider;
  if (side === null || other === null) return null;
  const { passing } = client;
  const pair = { from: client.protocol, to: provider.protocol, readError: other.readError };
  if (client === provider && passing !== null) {
    return {
      ...pair,
      passedHeaders: passing.headers,
      mediaToFetch: () => NO_URLS,
      body: (call, target) => ({ body: passing.body(call, target), headers: NO_HEADERS, losses: NO_LOSSES }),
      answer: (text, view) => passing.answer(text, view),
      stream: (view, target) => passing.stream(view, target),
      reader: () => other,
    };
  }
  /** Of calls some of whose tools go by another name at the provider. */
  const toolNames = new WeakMap<ClientCall, ReadonlyMap<string, string>>();
  const providerFor = (call: ClientCall): ProviderCodec => {
    const names = toolNames.get(call);
    return names === undefined ? other : withOwnNames(other, names);
  };
  return {
    ...pair,
    passedHeaders: NO_HEADERS,
    mediaToFetch: (call) => {
      if (other.mediaToFetch === undefined) return NO_URLS;
      const neutral = side.read(call);
      return 'malformed' in neutral ? NO_URLS : other.mediaToFetch(neutral);
    },
    body: (call, target, media) => {
      const neutral: Call | CallIssue = side.read(call);
      if ('malformed' in neutral) return neutral;
      const written = other.write(media === undefined ? neutral : withMedia(neutral, media), target);
      if (written.toolNames) toolNames.set(call, written.toolNames);
      const losses = allLosses(neutral, written.losses);
      return losses === written.losses ? written : { ...written, losses };
    },
    answer: (text, view) => translateAnswer(text, providerFor(view.call), side, view),
    stream: (view, target) => new TranslatedStream(providerFor(view.call), side.streamWriter(view), target),
    reader: providerFor,
  };
}

const ways = new Map<string, Way | null>();

/** The way from a client's protocol to a provider's; `null` where there is none. */
export function wayOf(from: Protocol, to: Protocol): Way | null {
  const name = `${from}>${to}`;
  let way = ways.get(name);
  if (way === undefined) {
    const client = codecOf(from);
    const provider = codecOf(to);
    way = client === null || provider === null ? null : joined(client, provider);
    ways.set(name, way);
  }
  return way;
}
