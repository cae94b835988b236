import type { AnswerStream, AnswerView, ClientCall, ClientError, PassedAnswer, Passing, Target } from '../../codec.ts';
import { type Edit, editObject } from '../../json-edit.ts';
import type { AnswerSink, ProviderError } from '../../neutral/answer.ts';
import { Collector } from '../../neutral/collect.ts';
import { nonsense } from '../../neutral/failure.ts';
import { NotedStream } from '../../noted-stream.ts';
import { isObject, parseJson } from '../../object.ts';
import { stringifyDeep } from '../../parse-exact.ts';
import { SseOverflowError, SseSplitter } from '../../sse.ts';
import { outputOf } from '../../translate.ts';
import { withoutCallIds } from './call-ids.ts';
import { errorBody, errorIn } from './errors.ts';
import { withoutForeignProofs } from './foreign-proofs.ts';
import { isResponse, ResponseReader } from './read-answer.ts';
import { type StreamForm, streamForm } from './stream-form.ts';

/** Hears an answer for what is noted of it: nothing has to be written. */
const NOWHERE: AnswerSink = {
  start() {},
  open() {},
  delta() {},
  proof() {},
  close() {},
  finish() {},
  usage() {},
  end() {},
  fail() {},
};

function modelEdits(model: string): readonly Edit[] {
  return [{ key: 'modelVersion', value: JSON.stringify(model), add: false }];
}

/** True where some candidate names its finish reason: with it a client takes the answer for complete. */
function finishes(response: Readonly<Record<string, unknown>>): boolean {
  const { candidates } = response;
  return (
    !Array.isArray(candidates) || candidates.some((each) => isObject(each) && typeof each.finishReason === 'string')
  );
}

/** A stream between a client and a provider that both speak Gemini: every response as it came, but for the model's name. */
export class PassedStream extends NotedStream implements AnswerStream {
  readonly #reader = new ResponseReader(this.noted);
  readonly #splitter: SseSplitter;
  readonly #form: StreamForm;
  readonly #edits: readonly Edit[];
  readonly #model: string;
  #out = '';
  /** The last response that named a finish reason: kept back until it is known that nothing follows. */
  #last: string | null = null;

  constructor(view: AnswerView) {
    super(NOWHERE);
    this.#form = streamForm(view.call.streamForm);
    this.#model = view.model;
    this.#edits = modelEdits(view.model);
    this.#splitter = new SseSplitter({ onEvent: (_name, data) => this.#event(data), onComment: () => {} });
  }

  get contentType(): string {
    return this.#form.contentType;
  }

  feed(bytes: Buffer): string {
    return this.#split(() => this.#splitter.feed(bytes));
  }

  end(): string {
    const out = this.#split(() => this.#splitter.end());
    if (this.noted.state === 'open' && this.#reader.end()) this.noted.end();
    return out;
  }

  ending(): string {
    return (this.#last === null ? '' : this.#form.event(this.#last)) + this.#form.close();
  }

  broken(error: ClientError): string {
    return this.#form.event(errorBody(error)) + this.#form.close();
  }

  #split(step: () => void): string {
    if (this.noted.state === 'open') {
      try {
        step();
      } catch (error) {
        if (!(error instanceof SseOverflowError)) throw error;
        this.noted.fail(nonsense('an event of the stream is too long'));
      }
    }
    const out = this.#out;
    this.#out = '';
    return out;
  }

  #event(data: string): void {
    if (this.noted.state !== 'open') return;
    const body = parseJson(data);
    const error = errorIn(body, 502);
    if (error !== null) return this.noted.fail(error);
    if (!isResponse(body)) return this.noted.fail(nonsense('an event of the stream is no response'));
    this.#reader.read(body);
    if (this.#last !== null) this.#out += this.#form.event(this.#last);
    this.#last = null;
    const text = body.modelVersion === this.#model ? data : editObject(data, this.#edits);
    if (finishes(body)) this.#last = text;
    else this.#out += this.#form.event(text);
  }
}

function passAnswer(text: string, view: AnswerView): PassedAnswer | ProviderError | null {
  const body = parseJson(text);
  const error = errorIn(body, 502);
  if (error !== null) return error;
  if (!isResponse(body)) return null;
  const collector = new Collector();
  const reader = new ResponseReader(collector);
  reader.read(body);
  reader.end();
  const { answer } = collector;
  return {
    text: body.modelVersion === view.model ? text : editObject(text, modelEdits(view.model)),
    usage: answer.usage,
    providerModel: answer.model,
    finishReason: answer.choices[0]?.finish?.reason ?? null,
    output: () => outputOf(answer),
  };
}

/** The address holds the model; a body that names one as well (as batches do) is told the provider's name. */
function passBody(call: ClientCall, target: Target): string {
  const { model, contents } = call.body;
  const edits: Edit[] = [];
  if (typeof model === 'string') {
    const name = model.startsWith('models/') ? `models/${target.model}` : target.model;
    edits.push({ key: 'model', value: JSON.stringify(name), add: false });
  }
  const told = target.quirks.toolCallIds === false ? withoutCallIds(contents) : contents;
  const own = withoutForeignProofs(call.text, told, target.model) ?? (told === contents ? null : stringifyDeep(told));
  if (own !== null) edits.push({ key: 'contents', value: own, add: false });
  return edits.length === 0 ? call.text : editObject(call.text, edits);
}

export const passing: Passing = {
  headers: [],
  body: passBody,
  answer: passAnswer,
  stream: (view) => new PassedStream(view),
};
