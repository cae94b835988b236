import type { EnvSource } from './parse.ts';

/** What the CLI takes from the environment. `variables` serves `${NAME}` in files. */
export function loadCliEnv(source: EnvSource = process.env): {
  url: string | null;
  token: string | null;
  variables: EnvSource;
} {
  return { url: source['PARLEY_URL'] || null, token: source['PARLEY_TOKEN'] || null, variables: source };
}
