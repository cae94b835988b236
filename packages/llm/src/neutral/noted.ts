import type { AnswerSink, Block, Finish, ProviderError } from './answer.ts';
import type { Proof } from './call.ts';
import { KeptOutput } from './kept-output.ts';
import type { Usage } from './usage.ts';

/** Notes what every call must know of its answer, and hands everything on. */
export class NotedAnswer implements AnswerSink {
  state: 'open' | 'done' | 'failed' = 'open';
  lastUsage: Usage | null = null;
  providerModel: string | null = null;
  sawOutput = false;
  finishReason: string | null = null;
  error: ProviderError | null = null;
  kept = new KeptOutput();
  readonly #next: AnswerSink;

  constructor(next: AnswerSink) {
    this.#next = next;
  }

  start(id: string | null, model: string | null): void {
    this.providerModel = model;
    this.#next.start(id, model);
  }

  open(n: number, choice: number, block: Block): void {
    if (block.kind === 'tool_call') {
      this.sawOutput = true;
      this.kept.add(block.name);
    }
    this.#next.open(n, choice, block);
  }

  delta(n: number, text: string): void {
    this.sawOutput = true;
    this.kept.add(text);
    this.#next.delta(n, text);
  }

  proof(n: number, proof: Proof): void {
    this.#next.proof(n, proof);
  }

  close(n: number): void {
    this.#next.close(n);
  }

  finish(choice: number, finish: Finish): void {
    if (choice === 0) this.finishReason = finish.reason;
    this.#next.finish(choice, finish);
  }

  usage(usage: Usage): void {
    this.lastUsage = usage;
    this.#next.usage(usage);
  }

  /** What this part took; `told` is what the next one hears: with what came before it. */
  usageBeside(usage: Usage, told: Usage): void {
    this.lastUsage = usage;
    this.#next.usage(told);
  }

  /** Another part of the answer follows one that broke off. */
  reopen(): void {
    this.state = 'open';
    this.error = null;
    this.lastUsage = null;
    this.kept = new KeptOutput();
  }

  end(): void {
    if (this.state !== 'open') return;
    this.state = 'done';
    this.#next.end();
  }

  fail(error: ProviderError): void {
    if (this.state !== 'open') return;
    this.state = 'failed';
    this.error = error;
  }
}
