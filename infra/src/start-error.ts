/** The start cannot go on. The message is one sentence for the person at the terminal: what is wrong and what to do. */
export class StartError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'StartError';
  }
}
