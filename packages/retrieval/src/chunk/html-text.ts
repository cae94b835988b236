/** The text of a block as it is read, and where each part of it stands in the source. */
export class ReadText {
  #text = '';
  #places: [number, number][] = [];
  #end = 0;
  #gap = false;

  /** Adds a text, or the sign that an entity stands for, and where it stands; blanks are one space unless kept as they are. */
  add(text: string, from: number, to: number, keepBlanks: boolean): void {
    const asItStands = text.length === to - from;
    for (const { 0: piece, index } of text.matchAll(/\s+|\S+/g)) {
      const at = asItStands ? from + index : from;
      if (!keepBlanks && piece.trim() === '') this.#gap = true;
      else this.#put(piece, at, asItStands ? at + piece.length : to);
    }
  }

  /** What is added next stands apart. */
  gap(): void {
    this.#gap = true;
  }

  /** What was read, and nothing of it from here on; `null` where that is nothing. */
  take(): { text: string; start: number; end: number; places: readonly (readonly [number, number])[] } | null {
    const text = this.#text.trimEnd();
    const [places, end] = [this.#places, this.#end];
    this.#text = '';
    this.#places = [];
    this.#gap = false;
    return text.trim() === '' ? null : { text, start: places[0]?.[1] ?? 0, end, places };
  }

  #put(text: string, start: number, end: number): void {
    if (this.#gap && this.#text !== '') {
      this.#places.push([this.#text.length, this.#end]);
      this.#text += ' ';
    }
    this.#gap = false;
    this.#places.push([this.#text.length, start]);
    this.#text += text;
    this.#end = end;
  }
}
