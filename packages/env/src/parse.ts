import { z } from 'zod';

/** Environment variables by name, as `process.env` gives them. */
export type EnvSource = Readonly<Record<string, string | undefined>>;

/** The environment does not allow a start. `problems` holds one sentence per variable; `message` is all of them. */
export class EnvError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'EnvError';
    this.problems = problems;
  }
}

/**
 * Reads the variables of a shape (fragments spread into one object) from the environment.
 *
 * An empty text counts as unset. Each schema's description completes the sentence "set it to …".
 * Throws `EnvError` with one sentence per missing or malformed variable; secrets are never quoted in it.
 */
export function parseEnv<Shape extends z.ZodRawShape>(
  shape: Shape,
  source: EnvSource = process.env,
): z.infer<z.ZodObject<Shape>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const value = source[name]?.trim();
    if (value) given[name] = value;
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;

  const problems = new Map<string, string>();
  for (const issue of parsed.error.issues) {
    const name = String(issue.path[0]);
    if (!problems.has(name)) problems.set(name, sentence(name, given[name] === undefined, issue.message, shape));
  }
  throw new EnvError([...problems.values()]);
}

/** Runs a loader; on `EnvError` writes its sentences to standard error and ends the process with code 1. */
export function orExit<T>(load: () => T): T {
  try {
    return load();
  } catch (error) {
    if (!(error instanceof EnvError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

function sentence(name: string, missing: boolean, message: string, shape: z.ZodRawShape): string {
  const wanted = (shape[name] as z.ZodType | undefined)?.description ?? 'a value';
  return missing
    ? `${name} is not set: set it to ${wanted}.`
    : `${name} is not usable (${lowerFirst(message)}): set it to ${wanted}.`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
