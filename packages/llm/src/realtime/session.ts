import { isObject } from '../object.ts';

/** A member that holds a model's name: the session's own, or the one that writes down what is heard. */
export interface NamedModel {
  readonly purpose: 'session' | 'transcription';
  readonly holder: Record<string, unknown>;
  readonly key: string;
  readonly name: string;
  /** Where it is in the event, for errors. */
  readonly path: string;
}

/** Where model names stand in a session, in its present form and the one before. */
const PLACES: readonly { purpose: NamedModel['purpose']; path: readonly string[] }[] = [
  { purpose: 'session', path: ['model'] },
  { purpose: 'transcription', path: ['audio', 'input', 'transcription', 'model'] },
  { purpose: 'transcription', path: ['input_audio_transcription', 'model'] },
];

/** Names of models in the `session` of an event; changing `holder[key]` changes the event. */
export function modelNames(session: unknown): NamedModel[] {
  return PLACES.flatMap(({ purpose, path }) => {
    let holder: unknown = session;
    for (const step of path.slice(0, -1))
      holder = isObject(holder) && Object.hasOwn(holder, step) ? holder[step] : null;
    const key = path.at(-1) as string;
    const name = isObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined;
    if (!isObject(holder) || typeof name !== 'string') return [];
    return [{ purpose, holder, key, name, path: `session.${path.join('.')}` }];
  });
}

/** Characters that a model reads of an event's texts: instructions, contents, arguments, tools; never its sound. */
export function textChars(value: unknown, depth = 0): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || depth > 12) return 0;
  let sum = 0;
  for (const [key, item] of Object.entries(value)) if (key !== 'audio') sum += textChars(item, depth + 1);
  return sum;
}
