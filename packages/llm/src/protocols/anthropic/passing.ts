import type { AnswerStream, AnswerStreamState, AnswerView, ClientError, PassedAnswer } from '../../codec.ts';
import { editObject, memberText } from '../../json-edit.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { KeptOutput } from '../../neutral/kept-output.ts';
import type { Usage } from '../../neutral/usage.ts';
import { isObject, parseJson, textOf } from '../../object.ts';
import { SseOverflowError, SseSplitter, sseEvent } from '../../sse.ts';
import { outputOf } from '../../translate.ts';
import { errorBody, readErrorObject } from './errors.ts';
import { readFinish } from './finish.ts';
import { readAnswer } from './read-answer.ts';
import { UsageReader } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** A whole message on its way to a client of the same protocol: its text with the tenant's name for the model. */
export function passAnswer(text: string, view: AnswerView): PassedAnswer | ProviderError | null {
  const answer = readAnswer(text);
  if (answer === null || !('choices' in answer)) return answer;
  const edits = [{ key: 'model', value: JSON.stringify(view.model), add: false }];
  return {
    text: answer.model === view.model ? text : editObject(text, edits),
    usage: answer.usage,
    providerModel: answer.model,
    finishReason: answer.choices[0]?.finish?.reason ?? null,
    output: () => outputOf(answer),
  };
}

const TEXTS = ['text', 'thinking', 'partial_json'] as const;

/** A stream on its way to a client of the same protocol; its end is kept back until the call is settled. */
export class PassingMessageStream implements AnswerStream {
  state: AnswerStreamState = 'open';
  usage: Usage | null = null;
  providerModel: string | null = null;
  sawOutput = false;
  finishReason: string | null = null;
  error: ProviderError | null = null;
  readonly #view: AnswerView;
  readonly #splitter: SseSplitter;
  readonly #counts = new UsageReader();
  readonly #kept = new KeptOutput();
  #out = '';
  #ending = '';

  constructor(view: AnswerView) {
    this.#view = view;
    this.#splitter = new SseSplitter({
      onEvent: (name, data) => this.#event(name, data),
      onComment: (text) => {
        if (this.state === 'open') this.#out += `:${text}\n\n`;
      },
    });
  }

  feed(bytes: Buffer): string {
    try {
      this.#splitter.feed(bytes);
    } catch (error) {
      if (!(error instanceof SseOverflowError)) throw error;
      this.#fail(nonsense('an event of the provider’s stream is too long'));
    }
    return this.#take();
  }

  end(): string {
    this.#splitter.end();
    return this.#take();
  }

  ending(): string {
    return this.#ending;
  }

  broken(error: ClientError): string {
    return `event: error\ndata: ${errorBody(error)}\n\n`;
  }

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.#kept.read();
  }

  #take(): string {
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #event(name: string, data: string): void {
    if (this.state !== 'open') return;
    const event = parseJson(data);
    if (!isObject(event)) return this.#fail(nonsense('an event of the provider’s stream is no JSON object'));
    if (event.type === 'error' || (event.type === undefined && event.error !== undefined)) {
      return this.#fail(readErrorObject(event, null) ?? nonsense('the provider broke off with an error'));
    }
    if (event.type === 'message_stop') {
      this.state = 'done';
      this.#ending = sseEvent(name, data);
      return;
    }
    this.#out += sseEvent(name, this.#note(event, data));
  }

  /** Notes what an event tells; its data for the client. */
  #note(event: Members, data: string): string {
    switch (event.type) {
      case 'content_block_delta':
        if (isObject(event.delta)) for (const key of TEXTS) this.#keep(event.delta[key]);
        return data;
      case 'content_block_start':
        if (isObject(event.content_block)) {
          for (const key of ['name', 'text', 'thinking']) this.#keep(event.content_block[key]);
        }
        return data;
      case 'message_start':
        return this.#start(event, data);
      case 'message_delta': {
        this.usage = this.#counts.read(event.usage) ?? this.usage;
        const raw = isObject(event.delta) ? textOf(event.delta.stop_reason) : undefined;
        if (raw !== undefined) this.finishReason = readFinish(raw, null, false).reason;
        return data;
      }
      default:
        return data;
    }
  }

  #start(event: Members, data: string): string {
    const { message } = event;
    if (!isObject(message)) return data;
    this.providerModel = textOf(message.model) ?? null;
    this.usage = this.#counts.read(message.usage) ?? this.usage;
    if (this.providerModel === null || this.providerModel === this.#view.model) return data;
    const edits = [{ key: 'model', value: JSON.stringify(this.#view.model), add: false }];
    const edited = editObject(memberText(data, 'message') ?? '{}', edits);
    return editObject(data, [{ key: 'message', value: edited, add: false }]);
  }

  #keep(text: unknown): void {
    if (typeof text !== 'string' || text === '') return;
    this.sawOutput = true;
    this.#kept.add(text);
  }

  #fail(error: ProviderError): void {
    this.state = 'failed';
    this.error = error;
  }
}
