import type { ProviderCodec } from './codec.ts';
import type { Answer, AnswerSink, Block, Finish, ProviderError } from './neutral/answer.ts';
import type { Proof } from './neutral/call.ts';
import type { Usage } from './neutral/usage.ts';

type Names = ReadonlyMap<string, string>;

function ownName(block: Block, names: Names): Block {
  const own = block.kind === 'tool_call' ? names.get(block.name) : undefined;
  return own === undefined ? block : ({ ...block, name: own } as Block);
}

/** Hands an answer on with the client's own names of the tools called. */
class OwnNamesSink implements AnswerSink {
  readonly #next: AnswerSink;
  readonly #names: Names;

  constructor(next: AnswerSink, names: Names) {
    this.#next = next;
    this.#names = names;
  }

  start(id: string | null, model: string | null): void {
    this.#next.start(id, model);
  }

  open(n: number, choice: number, block: Block): void {
    this.#next.open(n, choice, ownName(block, this.#names));
  }

  delta(n: number, text: string): void {
    this.#next.delta(n, text);
  }

  proof(n: number, proof: Proof): void {
    this.#next.proof(n, proof);
  }

  close(n: number): void {
    this.#next.close(n);
  }

  finish(choice: number, finish: Finish): void {
    this.#next.finish(choice, finish);
  }

  usage(usage: Usage): void {
    this.#next.usage(usage);
  }

  end(): void {
    this.#next.end();
  }

  fail(error: ProviderError): void {
    this.#next.fail(error);
  }
}

/** The provider's codec for one call, some of whose tools go by another name there: answers are read with the client's own. */
export function withOwnNames(provider: ProviderCodec, names: Names): ProviderCodec {
  return {
    ...provider,
    readAnswer(text) {
      const answer: Answer | ProviderError | null = provider.readAnswer(text);
      if (answer === null || !('choices' in answer)) return answer;
      const choices = answer.choices.map((choice) => ({
        ...choice,
        blocks: choice.blocks.map((block) => ownName(block, names)),
      }));
      return { ...answer, choices };
    },
    streamReader: (sink, target) => provider.streamReader(new OwnNamesSink(sink, names), target),
  };
}
