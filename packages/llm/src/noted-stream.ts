import type { AnswerStreamState } from './codec.ts';
import type { AnswerSink, ProviderError } from './neutral/answer.ts';
import { NotedAnswer } from './neutral/noted.ts';
import type { Usage } from './neutral/usage.ts';

/** A stream that is read into the neutral form: what every call must know of it is what was noted there. */
export class NotedStream {
  protected readonly noted: NotedAnswer;

  constructor(next: AnswerSink) {
    this.noted = new NotedAnswer(next);
  }

  get state(): AnswerStreamState {
    return this.noted.state;
  }

  get usage(): Usage | null {
    return this.noted.lastUsage;
  }

  get providerModel(): string | null {
    return this.noted.providerModel;
  }

  get sawOutput(): boolean {
    return this.noted.sawOutput;
  }

  get finishReason(): string | null {
    return this.noted.finishReason;
  }

  get error(): ProviderError | null {
    return this.noted.error;
  }

  output(): { readonly text: string; readonly droppedChars: number } {
    return this.noted.kept.read();
  }
}
