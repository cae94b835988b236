import type { RefusalCode } from '@parley/contracts/refusal-codes';
import type { Exchange } from '../../exchange.ts';
import type { SideAsk, SideOutcome } from './side-calls.ts';

/** What an exchange knows that is a side call: for which call it is made, and who waits for its answer. */
export class SideCall {
  readonly parentId: string;
  readonly ask: SideAsk;
  /** The answer, in the protocol of the question. */
  answer: string | null = null;
  readonly #end: () => void;
  readonly #done: (outcome: SideOutcome) => void;

  constructor(parentId: string, ask: SideAsk, told: { end: () => void; done: (outcome: SideOutcome) => void }) {
    this.parentId = parentId;
    this.ask = ask;
    this.#end = told.end;
    this.#done = told.done;
  }

  /** The call it is made for has ended: so does this, unless it outlives it. */
  parentEnded(): void {
    if (this.ask.outlives !== true) this.#end();
  }

  /** Its record is durable. */
  recorded({ code }: Exchange): void {
    const { answer } = this;
    const failed = (code as RefusalCode | null) ?? 'internal';
    this.#done(answer === null ? { ok: false, code: failed } : { ok: true, text: answer });
  }
}
