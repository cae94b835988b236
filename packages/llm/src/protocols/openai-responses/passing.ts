import type { AnswerView, ClientError, PassedAnswer } from '../../codec.ts';
import { editObject, memberText } from '../../json-edit.ts';
import type { ProviderError } from '../../neutral/answer.ts';
import { nonsense } from '../../neutral/failure.ts';
import { isObject, textOf } from '../../object.ts';
import { PassingStream } from '../../passing-stream.ts';
import { sseEvent } from '../../sse.ts';
import { outputOf } from '../../translate.ts';
import { readErrorBody } from '../openai-chat/errors.ts';
import { readAnswer, readFailure, readFinish } from './read-answer.ts';
import { responseId, responseObject } from './response-object.ts';
import { readUsage } from './usage.ts';

type Members = Readonly<Record<string, unknown>>;

/** A whole response on its way to a client of the same protocol: its text with the tenant's name for the model. */
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

/** A response's stream on its way to a client of the same protocol. */
export class PassingResponseStream extends PassingStream {
  #id: string | null = null;
  #sequence = -1;

  broken(error: ClientError): string {
    const id = responseId(this.#id, this.view);
    const response = responseObject(this.view, { id, status: 'failed', output: [], usage: this.usage, error });
    return sseEvent(
      'response.failed',
      JSON.stringify({ type: 'response.failed', sequence_number: this.#sequence + 1, response }),
    );
  }

  protected override onText(_name: string, data: string): boolean {
    return data === '[DONE]';
  }

  protected override onObject(name: string, event: Members, data: string): void {
    if (typeof event.sequence_number === 'number') this.#sequence = event.sequence_number;
    const { response } = event;
    switch (event.type) {
      case 'error':
        return this.fail(readErrorBody(isObject(event.error) ? event : { error: event }, 502));
      case 'response.failed':
        return this.fail(isObject(response) ? readFailure(response) : nonsense('the provider gave up its answer'));
      case 'response.completed':
      case 'response.incomplete':
        if (!isObject(response)) return this.fail(nonsense('the provider’s last event holds no response'));
        this.usage = readUsage(response.usage);
        this.finishReason = readFinish(response, this.#calledTools(response)).reason;
        return this.complete(name, this.#named(event, data));
      default:
        if (event.type === undefined && event.error) return this.fail(readErrorBody(event, 502));
        this.#note(event);
        this.pass(name, this.#named(event, data));
    }
  }

  #calledTools(response: Members): boolean {
    return (
      Array.isArray(response.output) && response.output.some((item) => isObject(item) && item.type === 'function_call')
    );
  }

  #note(event: Members): void {
    this.keep(event.delta);
    const { item } = event;
    if (event.type === 'response.output_item.added' && isObject(item) && item.type === 'function_call') {
      this.keep(item.name);
    }
  }

  /** The event's data with the tenant's name for the model in the response it holds. */
  #named({ response }: Members, data: string): string {
    if (!isObject(response)) return data;
    this.#id ??= textOf(response.id) ?? null;
    this.providerModel ??= textOf(response.model) ?? null;
    if (response.model === undefined || response.model === this.view.model) return data;
    const inner = memberText(data, 'response');
    if (inner === null) return data;
    const edits = [{ key: 'model', value: JSON.stringify(this.view.model), add: false }];
    return editObject(data, [{ key: 'response', value: editObject(inner, edits), add: false }]);
  }
}
