/** How a stream of responses is put on the wire. */
export interface StreamForm {
  readonly contentType: string;
  /** One response; `json` is its text. */
  event(json: string): string;
  /** What comes after the last. */
  close(): string;
}

/** `alt=sse`: it has no marker for its end. */
class Events implements StreamForm {
  readonly contentType = 'text/event-stream';

  event(json: string): string {
    return `data: ${json.includes('\n') ? json.replaceAll('\n', '\ndata: ') : json}\n\n`;
  }

  close(): string {
    return '';
  }
}

/** Without `alt`: one JSON array that grows. */
class GrowingArray implements StreamForm {
  readonly contentType = 'application/json';
  #begun = false;

  event(json: string): string {
    const before = this.#begun ? ',\n' : '[';
    this.#begun = true;
    return before + json;
  }

  close(): string {
    return this.#begun ? '\n]' : '[]';
  }
}

export function streamForm(form: 'json_array' | undefined): StreamForm {
  return form === 'json_array' ? new GrowingArray() : new Events();
}
