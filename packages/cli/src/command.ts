import type { Client } from './client.ts';

/** What every command is given. */
export interface CommandOptions {
  readonly client: Client;
  readonly files: readonly string[];
  readonly keysOut: string | null;
  readonly output: string | null;
  readonly json: boolean;
  /** Environment for `${NAME}` in files. */
  readonly variables: Readonly<Record<string, string | undefined>>;
  write(text: string): void;
}
