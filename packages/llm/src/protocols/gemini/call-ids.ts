import { isObject } from '../../object.ts';
import { camel } from './field.ts';

/** Members of a part that a call and its result go by, in either spelling. */
const WITH_IDS: ReadonlySet<string> = new Set(['functionCall', 'functionResponse']);

function partWithout(part: unknown): unknown {
  if (!isObject(part)) return part;
  return Object.fromEntries(
    Object.entries(part).map(([name, value]) => {
      if (!WITH_IDS.has(camel(name)) || !isObject(value)) return [name, value];
      const { id: _, ...rest } = value;
      return [name, rest];
    }),
  );
}

/**
 * `contents` for a service that knows no ids of function calls and refuses them (Vertex AI): there calls and results find each
 * other by name and order. The same where there are none.
 */
export function withoutCallIds(contents: unknown): unknown {
  if (!Array.isArray(contents)) return contents;
  const has = contents.some(
    (content) =>
      isObject(content) &&
      Array.isArray(content.parts) &&
      content.parts.some(
        (part: unknown) =>
          isObject(part) &&
          Object.entries(part).some(([name, value]) => WITH_IDS.has(camel(name)) && isObject(value) && 'id' in value),
      ),
  );
  if (!has) return contents;
  return contents.map((content: unknown) =>
    isObject(content) && Array.isArray(content.parts) ? { ...content, parts: content.parts.map(partWithout) } : content,
  );
}
