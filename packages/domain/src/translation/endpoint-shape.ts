import type { JsonSchema } from '@parley/contracts/contract-document';
import { pointerSteps } from './json-pointer.ts';

/** What a translated endpoint takes and answers, as its reference tells. */
export interface EndpointShape {
  readonly summary: string;
  readonly parameters: readonly {
    readonly in: 'path' | 'query' | 'header';
    readonly name: string;
    readonly required: boolean;
    readonly schema: JsonSchema;
  }[];
  /** `null` where no body is read. */
  readonly body: { readonly required: boolean; readonly schema: JsonSchema } | null;
  readonly answer: JsonSchema;
  /** Schemas that the others refer to as `#/components/schemas/…`. */
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/**
 * How many parts a description may still have. Types that hold one another, and fragments within fragments, unfold to more
 * than anybody reads, and than there is time for.
 */
export interface Budget {
  left: number;
}

const MAX_PARTS = 3000;

export function newBudget(): Budget {
  return { left: MAX_PARTS };
}

/** Takes one part; false when there is none left. */
export function spend(budget: Budget): boolean {
  return --budget.left >= 0;
}

type Fields = { type: 'object'; properties: Record<string, unknown>; required?: string[] };

/** Puts schemas of parts of a body together, each at its pointer. */
export function bodySchema(
  parts: readonly { readonly at: string; readonly required: boolean; readonly schema: JsonSchema }[],
): EndpointShape['body'] {
  if (parts.length === 0) return null;
  const whole = parts.find(({ at }) => at === '');
  if (whole) return { required: whole.required, schema: whole.schema };
  const root: Fields = { type: 'object', properties: {} };
  for (const { at, required, schema } of parts) {
    const steps = pointerSteps(at);
    let inside = root;
    steps.forEach((step, depth) => {
      if (required && !inside.required?.includes(step)) inside.required = [...(inside.required ?? []), step];
      if (depth === steps.length - 1) inside.properties[step] = schema;
      else inside = (inside.properties[step] ??= { type: 'object', properties: {} }) as Fields;
    });
  }
  return { required: parts.some(({ required }) => required), schema: { ...root } };
}
