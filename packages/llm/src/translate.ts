import type {
  AnswerStream,
  AnswerView,
  ClientCodec,
  ClientError,
  PassedAnswer,
  ProviderCodec,
  StreamReader,
  StreamWriter,
  Target,
} from './codec.ts';
import type { Answer, ProviderError } from './neutral/answer.ts';
import { NotedStream } from './noted-stream.ts';

/** A provider's stream in the client's protocol: read, noted, written. */
export class TranslatedStream extends NotedStream implements AnswerStream {
  readonly contentType?: string;
  readonly #reader: StreamReader;
  readonly #writer: StreamWriter;

  constructor(from: ProviderCodec, writer: StreamWriter, target: Target) {
    super(writer);
    this.#writer = writer;
    if (writer.contentType !== undefined) this.contentType = writer.contentType;
    this.#reader = from.streamReader(this.noted, target);
  }

  feed(bytes: Buffer): string {
    if (this.noted.state === 'open') this.#reader.feed(bytes);
    return this.#writer.take();
  }

  end(): string {
    if (this.noted.state === 'open') this.#reader.end();
    return this.#writer.take();
  }

  ending(): string {
    return this.#writer.ending();
  }

  broken(error: ClientError): string {
    return this.#writer.broken(error);
  }
}

/** Everything a model said in a whole answer, generated media left out. */
export function outputOf(answer: Answer): string {
  const texts: string[] = [];
  for (const choice of answer.choices) {
    for (const block of choice.blocks) {
      if (block.kind === 'image' || block.kind === 'audio') continue;
      if (block.kind === 'tool_call') texts.push(block.name);
      texts.push(block.text);
    }
  }
  return texts.join('\n');
}

/** True for a failure, as opposed to an answer. */
export function isProviderError(value: object): value is ProviderError {
  return 'kind' in value && 'status' in value;
}

/** A provider's whole answer in the client's protocol; `null` for what is none. */
export function translateAnswer(
  text: string,
  from: ProviderCodec,
  to: ClientCodec,
  view: AnswerView,
): PassedAnswer | ProviderError | null {
  const answer = from.readAnswer(text);
  if (answer === null || isProviderError(answer)) return answer;
  return {
    text: to.writeAnswer(answer, view),
    usage: answer.usage,
    providerModel: answer.model,
    finishReason: answer.choices[0]?.finish?.reason ?? null,
    output: () => outputOf(answer),
  };
}
