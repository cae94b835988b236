/** Reads server-sent events (WHATWG HTML §9.2) as they arrive, and the text that a model's pieces add up to. */
export class EventReader {
  #rest = '';

  /** Takes the next characters and returns the events that they complete. */
  push(characters: string): { event: string; data: string }[] {
    const blocks = (this.#rest + characters).replaceAll('\r\n', '\n').split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.map(readBlock).filter((one) => one.data !== '');
  }
}

function readBlock(block: string): { event: string; data: string } {
  let event = 'message';
  const data: string[] = [];
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (name === 'event') event = value;
    if (name === 'data') data.push(value);
  }
  return { event, data: data.join('\n') };
}

/** The text that an event adds to the answer: a chat chunk's delta, or a prompt endpoint's `delta`. Empty for others. */
export function pieceOf({ event, data }: { event: string; data: string }): string {
  if (data === '[DONE]' || event === 'done') return '';
  try {
    const parsed = JSON.parse(data) as {
      text?: unknown;
      choices?: readonly { delta?: { content?: unknown } }[];
      error?: { message?: unknown };
      detail?: unknown;
    };
    if (event === 'error' || parsed.error) {
      const words = parsed.detail ?? parsed.error?.message;
      return `\n[${typeof words === 'string' ? words : 'broken off'}]`;
    }
    const piece = parsed.choices?.[0]?.delta?.content ?? (event === 'delta' ? parsed.text : '');
    return typeof piece === 'string' ? piece : '';
  } catch {
    return '';
  }
}
