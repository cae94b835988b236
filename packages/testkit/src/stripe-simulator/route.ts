import type { z } from 'zod';
import type { World } from './world.ts';

/** One call, as a handler sees it. */
export interface Call<P> {
  readonly world: World;
  readonly params: P;
  /** First and second `{…}` of the path. */
  readonly id: string;
  readonly second: string;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: RegExp;
  readonly params: z.ZodType;
  readonly handle: (call: Call<never>) => object;
}

/**
 * A line of the simulated API: `METHOD /v1/path/{id}`, the shape of its parameters (anything else is refused) and what it
 * does. Handlers run in one go, so calls never interleave.
 */
export function defineRoute<P extends z.ZodType>(
  line: `${'GET' | 'POST' | 'DELETE'} /${string}`,
  given: { params: P; handle: (call: Call<z.output<P>>) => object },
): Route {
  const [method, path] = line.split(' ') as [Route['method'], string];
  const pattern = path.replace(/\{\w+\}/g, '([^/]+)');
  return { method, path: new RegExp(`^${pattern}$`), params: given.params, handle: given.handle };
}
