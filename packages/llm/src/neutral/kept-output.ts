/** Longest text of an answer kept for estimating its tokens; of longer ones only the length is known. */
const MAX_KEPT_CHARS = 1_048_576;

/** What a model has said, kept in bounds for an estimate of its tokens. */
export class KeptOutput {
  readonly #pieces: string[] = [];
  #chars = 0;
  #dropped = 0;

  add(text: string): void {
    if (this.#chars + text.length > MAX_KEPT_CHARS) {
      this.#dropped += text.length;
      return;
    }
    this.#chars += text.length;
    this.#pieces.push(text);
  }

  read(): { readonly text: string; readonly droppedChars: number } {
    return { text: this.#pieces.join(''), droppedChars: this.#dropped };
  }
}
