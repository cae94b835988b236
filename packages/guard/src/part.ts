/** Who wrote a part. What is retrieved or comes from tools is not trusted to speak to the model. */
export type PartSource = 'system' | 'user' | 'assistant' | 'toolResult' | 'document' | 'toolArguments';

export interface GuardPart {
  readonly text: string;
  readonly source: PartSource;
  /** `json`: the text is JSON, such as a call's arguments; it stays JSON. */
  readonly form?: 'text' | 'json';
}
