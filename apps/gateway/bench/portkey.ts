import { join } from 'node:path';
import type { AnswerFormat } from './llm-answers.ts';
import { answers, freePort, type Running, start } from './process.ts';

/** Another gateway with the same work but for keys, limits and usage records, which it does not have. */
export interface Portkey {
  readonly process: Running;
  readonly url: string;
  /** Headers that send a call to an upstream of a format. */
  headers(format: AnswerFormat, upstream: string): Record<string, string>;
}

const PROVIDERS: Readonly<Record<AnswerFormat, string>> = {
  openai: 'openai',
  anthropic: 'anthropic',
  gemini: 'google',
};

/** Starts the `@portkey-ai/gateway` that somebody installed in a folder (docs/bench.md says how). */
export async function startPortkey(folder: string, core: number): Promise<Portkey> {
  const port = await freePort();
  const file = join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
  const env = { TRUSTED_CUSTOM_HOSTS: '127.0.0.1', NODE_ENV: 'production' };
  const process_ = start('portkey', process.execPath, [file, '--headless', `--port=${port}`], core, env);
  const url = `http://127.0.0.1:${port}`;
  await answers(`${url}/`, 200);
  return {
    process: process_,
    url,
    headers: (format, upstream) => ({
      'content-type': 'application/json',
      authorization: 'Bearer sk-bench',
      'x-portkey-provider': PROVIDERS[format],
      'x-portkey-custom-host': upstream,
    }),
  };
}
