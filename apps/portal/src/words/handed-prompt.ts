/** A prompt begun on another page, on its way to the studio: settings as the text that was typed. */
export interface HandedPrompt {
  readonly model: string;
  readonly messages: readonly { readonly role: 'system' | 'user' | 'assistant'; readonly text: string }[];
  readonly temperature: string;
  readonly topP: string;
  readonly maxOutputTokens: string;
  readonly seed: string;
  /** One per line. */
  readonly stop: string;
  /** JSON Schema of the answer; empty for text. */
  readonly schema: string;
}

let handed: HandedPrompt | null = null;

/** Lays a prompt down for the studio, until the page is loaded anew. */
export function handOver(prompt: HandedPrompt): void {
  handed = prompt;
}

/** What waits to be taken into a new prompt. */
export function peekHanded(): HandedPrompt | null {
  return handed;
}

/** It is taken. */
export function dropHanded(): void {
  handed = null;
}
