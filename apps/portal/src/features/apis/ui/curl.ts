import type { PromptDefinition } from '@parley/contracts/snapshot';
import { promptCurl } from '@/words/prompt-curl.ts';
import type { Version } from './types.ts';

/** A call of a version to paste into a shell, with the key in `PARLEY_KEY`; `null` while its prompt is not known. */
export function curlFor(
  { definition, url }: Pick<Version, 'definition' | 'url'>,
  prompt: PromptDefinition | null,
): string | null {
  const key = `-H "Authorization: Bearer $PARLEY_KEY"`;
  const json = `-H "Content-Type: application/json"`;
  if (definition?.kind === 'llm') {
    const body = JSON.stringify({ model: definition.models[0], messages: [{ role: 'user', content: 'Say hello.' }] });
    return `curl ${url}/chat/completions \\\n  ${key} \\\n  ${json} \\\n  -d '${body}'`;
  }
  if (definition?.kind === 'rest') {
    const route = definition.routes.find(({ method }) => method === 'GET' || method === '*') ?? definition.routes[0];
    const method = !route || route.method === '*' || route.method === 'GET' ? '' : `-X ${route.method} `;
    return `curl ${method}${url}${route?.path ?? '/'} \\\n  ${key}`;
  }
  return prompt && promptCurl(url, prompt);
}
