import { CliError } from './cli-error.ts';

export interface Client {
  /** Calls `/api/v1<path>`; answers the parsed JSON body, or throws `CliError` with the problem's own words. */
  call(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown>;
}

interface Problem {
  title?: string;
  detail?: string;
  errors?: { pointer?: string; message?: string }[];
}

/** A client of the management API (RFC 9457 problems become sentences). */
export function createClient({ url, token }: { url: string; token: string }): Client {
  const base = `${url.replace(/\/+$/, '')}/api/v1`;
  return {
    async call(method, path, body) {
      let response: Response;
      try {
        response = await fetch(base + path, {
          method,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      } catch (error) {
        const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
        throw new CliError(`No answer from ${base}: ${cause}. Is Parley running there?`);
      }
      const text = await response.text();
      const parsed = parseJson(text);
      if (response.ok && parsed !== undefined) return parsed;
      throw new CliError(explain(response.status, parsed as Problem | undefined, base));
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function explain(status: number, problem: Problem | undefined, base: string): string {
  if (!problem?.title && !problem?.detail) return `${base} answered ${status} with something that is not Parley's API.`;
  const lines = [`${problem.detail ?? problem.title} (${status})`];
  for (const issue of problem.errors ?? []) lines.push(`  ${issue.pointer ?? ''}: ${issue.message ?? ''}`);
  return lines.join('\n');
}
