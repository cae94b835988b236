import type { AnswerView, ClientError, PassedAnswer } from '../../codec.ts';
import { editObject, memberText } from '../../json-edit.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, textOf } from '../../object.ts';
import { PassingStream } from '../../passing-stream.ts';
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

/** A Messages stream on its way to a client of the same protocol. */
export class PassingMessageStream extends PassingStream {
  readonly #counts = new UsageReader();

  broken(error: ClientError): string {
    return `event: error\ndata: ${errorBody(error)}\n\n`;
  }

  protected override onObject(name: string, event: Members, data: string): void {
    if (event.type === 'error' || (event.type === undefined && event.error !== undefined)) {
      return this.fail(readErrorObject(event, null) ?? nonsense('the provider broke off with an error'));
    }
    if (event.type === 'message_stop') return this.complete(name, data);
    this.pass(name, this.#note(event, data));
  }

  /** Notes what an event tells; its data for the client. */
  #note(event: Members, data: string): string {
    switch (event.type) {
      case 'content_block_delta':
        if (isObject(event.delta)) for (const key of TEXTS) this.keep(event.delta[key]);
        return data;
      case 'content_block_start':
        if (isObject(event.content_block)) {
          for (const key of ['name', 'text', 'thinking']) this.keep(event.content_block[key]);
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
    if (this.providerModel === null || this.providerModel === this.view.model) return data;
    const edits = [{ key: 'model', value: JSON.stringify(this.view.model), add: false }];
    const edited = editObject(memberText(data, 'message') ?? '{}', edits);
    return editObject(data, [{ key: 'message', value: edited, add: false }]);
  }
}
