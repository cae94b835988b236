import type { IncomingMessage } from 'node:http';
import type { Format, Route } from './format.ts';
import { anthropic } from './formats/anthropic/format.ts';
import { azure, azureResponses } from './formats/azure/format.ts';
import { bedrock } from './formats/bedrock/format.ts';
import { cohere } from './formats/cohere/format.ts';
import { gemini, vertex } from './formats/gemini/format.ts';
import { googleToken } from './formats/google-token/format.ts';
import { jina } from './formats/jina/format.ts';
import { openai } from './formats/openai/format.ts';
import { openaiFiles } from './formats/openai-files/format.ts';
import { openaiMedia } from './formats/openai-media/format.ts';
import { responses } from './formats/responses/format.ts';

/** Every format, the more particular first: the first that owns a call takes it. */
export const FORMATS: readonly Format[] = [
  anthropic,
  bedrock,
  cohere,
  gemini,
  vertex,
  googleToken,
  azureResponses,
  azure,
  responses,
  ...openaiMedia,
  openaiFiles,
  jina,
  openai,
];

const compiled = new Map<string, { pattern: RegExp; names: string[] }>();

function compile(path: string): { pattern: RegExp; names: string[] } {
  const known = compiled.get(path);
  if (known) return known;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1] as string);
  const pattern = path.replace(/[.*+?^$()|[\]\\]/g, '\\$&').replace(/\{\w+\}/g, '([^/]+)');
  const made = { pattern: new RegExp(`^${pattern}$`), names };
  compiled.set(path, made);
  return made;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** The format of a call, or null when it is none of the API's. */
export function formatOf(path: string, request: IncomingMessage): Format | null {
  return FORMATS.find((format) => format.owns(path, request)) ?? null;
}

/** The endpoint, or the methods the path has when the method is not one of them (none: no such path). */
export function matchRoute(format: Format, method: string, path: string): Match | { readonly allowed: string[] } {
  const allowed: string[] = [];
  for (const route of format.routes) {
    const { pattern, names } = compile(route.path);
    const found = pattern.exec(path);
    if (!found) continue;
    if (route.method !== (method === 'HEAD' ? 'GET' : method)) {
      allowed.push(route.method);
      continue;
    }
    return { route, params: Object.fromEntries(names.map((name, at) => [name, decoded(found[at + 1] ?? '')])) };
  }
  return { allowed };
}
