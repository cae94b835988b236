import type {
  AnswerStream,
  AnswerStreamState,
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
import { NotedAnswer } from './neutral/noted.ts';
import type { Usage } from './neutral/usage.ts';

/** A provider's stream in the client's protocol: read, noted, written. */
export class TranslatedStream implements AnswerStream {
  readonly contentType?: string;
  readonly #reader: StreamReader;
  readonly #noted: NotedAnswer;
  readonly #writer: StreamWriter;

  constructor(from: ProviderCodec, writer: StreamWriter, target: Target) {
    this.#writer = writer;
    if (writer.contentType !== undefined) this.contentType = writer.contentType;
    this.#noted = new NotedAnswer(writer);
    this.#reader = from.streamReader(this.#noted, target);
  }

  get state(): AnswerStreamState {
    return this.#noted.state;
  }

  get usage(): Usage | null {
    return this.#noted.lastUsage;
  }

  get providerModel(): string | null {
    return this.#noted.providerModel;
  }

  get sawOutput(): boolean {
    return this.#noted.sawOutput;
  }

  get finishReason(): string | null {
    return this.#noted.finishReason;
  }

  get error(): ProviderError | null {
    return this.#noted.error;
  }

  feed(bytes: Buffer): string {
    if (this.#noted.state === 'open') this.#reader.feed(bytes);
    return this.#writer.take();
  }

  end(): string {
    if (this.#noted.state === 'open') this.#reader.end();
    return this.#writer.take();
  }

  ending(): string {
    return this.#writer.ending();
  }

  broken(error: ClientError): string {
    return this.#writer.broken(error);
  }

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.#noted.kept.read();
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
