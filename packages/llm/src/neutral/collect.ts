import type { Answer, AnswerSink, Block, Choice, Finish, ProviderError } from './answer.ts';
import type { Proof } from './call.ts';
import type { Usage } from './usage.ts';

/** Gathers an answer that comes in pieces. `answer` is whole once `ended`; until then it is what came so far. */
export class Collector implements AnswerSink {
  readonly answer: Answer = { id: null, model: null, choices: [], usage: null };
  ended = false;
  error: ProviderError | null = null;
  readonly #blocks = new Map<number, Block>();

  start(id: string | null, model: string | null): void {
    this.answer.id = id;
    this.answer.model = model;
  }

  open(n: number, choice: number, block: Block): void {
    const own = { ...block };
    this.#blocks.set(n, own);
    this.#choice(choice).blocks.push(own);
  }

  delta(n: number, text: string): void {
    const block = this.#blocks.get(n);
    if (block) block.text += text;
  }

  proof(n: number, proof: Proof): void {
    const block = this.#blocks.get(n);
    if (block?.kind === 'reasoning' || block?.kind === 'tool_call') block.proof = proof;
  }

  close(_n: number): void {}

  finish(choice: number, finish: Finish): void {
    this.#choice(choice).finish = finish;
  }

  usage(usage: Usage): void {
    this.answer.usage = usage;
  }

  end(): void {
    this.ended = true;
  }

  fail(error: ProviderError): void {
    this.error = error;
  }

  #choice(index: number): Choice {
    const { choices } = this.answer;
    while (choices.length <= index) choices.push({ blocks: [], finish: null });
    return choices[index] as Choice;
  }
}
