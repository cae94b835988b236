import type { Particle, PlannedElement } from '@parley/contracts/soap-plan';

/** An element of a type as a field of JSON. */
export interface Field {
  readonly element: PlannedElement;
  /** It can be there more than once: always a list in JSON. */
  readonly list: boolean;
  /** It is there in every value. */
  readonly always: boolean;
}

const known = new WeakMap<Particle, ReadonlyMap<string, Field>>();

/** The elements of a content by their names. Of elements with one name the first speaks for all. */
export function fieldsOf(content: Particle | null): ReadonlyMap<string, Field> {
  if (content === null) return NONE;
  let fields = known.get(content);
  if (fields === undefined) {
    const found = new Map<string, Field>();
    collect(content, { repeated: false, always: true, alternative: false }, found);
    fields = found;
    known.set(content, fields);
  }
  return fields;
}

const NONE: ReadonlyMap<string, Field> = new Map();

interface Around {
  readonly repeated: boolean;
  readonly always: boolean;
  /** Within a choice, where the same name in two branches is there once. */
  readonly alternative: boolean;
}

function collect(particle: Particle, around: Around, found: Map<string, Field>): void {
  if (particle.kind === 'any') return;
  const repeated = around.repeated || particle.max !== 1;
  const always = around.always && particle.min > 0;
  if (particle.kind === 'element') {
    const before = found.get(particle.name);
    const list = repeated || (before !== undefined && !around.alternative) || before?.list === true;
    found.set(particle.name, { element: before?.element ?? particle, list, always: always || before?.always === true });
    return;
  }
  const choice = particle.kind === 'choice';
  const inner = { repeated, always: always && !choice, alternative: around.alternative || choice };
  for (const item of particle.items) collect(item, inner, found);
}

/** Whether a content may hold elements that its schema does not name. */
export function hasAny(content: Particle | null): boolean {
  if (content === null || content.kind === 'element') return false;
  return content.kind === 'any' || content.items.some(hasAny);
}
