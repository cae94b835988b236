import type { Particle, PlannedComplex, PlannedElement, SoapPlan } from '@parley/contracts/soap-plan';
import type { Problem } from '../graphql/input-types.ts';
import { escapeStep } from '../translation/json-pointer.ts';
import { escapeAttribute, escapeContent, isWritable } from '../xml/escape.ts';
import { TEXT } from '../xml/xml-value.ts';
import { fieldsOf, hasAny } from './fields.ts';
import { simpleText } from './simple-types.ts';

type Json = Record<string, unknown>;
const MAX_PROBLEMS = 20;

/**
 * Writes a JSON value as the XML of an element, by its type: elements in the order of the schema, with the prefixes `n0`, `n1`…
 * of the plan's namespaces and `xsi`. What does not fit is added to `problems`, and the text is then of no use.
 */
export function writeElement(plan: SoapPlan, element: PlannedElement, value: unknown, problems: Problem[]): string {
  return new Writer(plan, problems).element(element, value, '');
}

/** The texts that are still to be written of an object's fields. */
type Left = Map<string, { readonly values: readonly unknown[]; at: number; readonly single: boolean }>;

class Writer {
  readonly #plan: SoapPlan;
  readonly #problems: Problem[];

  constructor(plan: SoapPlan, problems: Problem[]) {
    this.#plan = plan;
    this.#problems = problems;
  }

  element(element: PlannedElement, value: unknown, pointer: string): string {
    const name = this.#written(element.name, element.ns);
    if (value === null) {
      if (element.nillable) return `<${name} xsi:nil="true"/>`;
      return this.#say(pointer, 'It must not be null.');
    }
    const type = this.#plan.types[element.type];
    switch (type?.kind) {
      case 'simple': {
        const made = simpleText(type, value);
        if ('wrong' in made) return this.#say(pointer, made.wrong);
        return `<${name}>${this.#text(made.text, pointer)}</${name}>`;
      }
      case 'complex':
        return this.#complex(name, type, value, pointer);
      default:
        return this.#open(name, value, pointer);
    }
  }

  #complex(name: string, declared: PlannedComplex, value: unknown, pointer: string): string {
    const given: Json = isObject(value) ? value : declared.text === null ? {} : { [TEXT]: value };
    if (!isObject(value) && declared.text === null) return this.#say(pointer, 'It must be an object.');
    const { type, mark } = this.#actual(declared, given, pointer);
    const attributes = type.attributes.map((one) => this.#attribute(one, given, pointer)).join('');
    const open = `<${name}${mark}${attributes}>`;
    if (type.text !== null) {
      const inner = this.#simple(type.text, given[TEXT] ?? '', pointer);
      this.#refuseOthers(given, new Set([TEXT, ...namesOf(type)]), pointer);
      return `${open}${inner}</${name}>`;
    }
    const fields = fieldsOf(type.content);
    const left: Left = new Map();
    for (const [key, one] of Object.entries(given)) {
      const field = fields.get(key);
      if (field === undefined || one === undefined) continue;
      const type = this.#plan.types[field.element.type];
      // The items of a list type are one text, in one element.
      const list = Array.isArray(one) && (field.list || type?.kind !== 'simple' || !type.list);
      left.set(key, { values: list ? (one as unknown[]) : [one], at: 0, single: !list });
    }
    const inner = type.content === null ? '' : this.#particle(type.content, left, pointer);
    for (const [key, { values, at }] of left) {
      if (at < values.length)
        this.#say(`${pointer}/${escapeStep(key)}`, 'It does not go together with the others, or is there too often.');
    }
    const extra = hasAny(type.content) ? this.#extra(given, fields, type, pointer) : '';
    if (extra === '') this.#refuseOthers(given, new Set([...fields.keys(), ...namesOf(type)]), pointer);
    return `${open}${inner}${extra}</${name}>`;
  }

  /** The type itself, or one of those that extend it, as `@xsi:type` says. */
  #actual(type: PlannedComplex, given: Json, pointer: string): { type: PlannedComplex; mark: string } {
    const asked = given['@xsi:type'];
    const found = asked === undefined ? undefined : type.derived?.find(({ name }) => name === asked);
    const actual = found && this.#plan.types[found.type];
    if (found && actual?.kind === 'complex') {
      return { type: actual, mark: ` xsi:type="${this.#written(found.name, found.ns)}"` };
    }
    const names = (type.derived ?? []).map(({ name }) => name).join(', ');
    if (type.abstract || asked !== undefined) {
      this.#say(`${pointer}/@xsi:type`, names ? `It must be one of ${names}.` : 'There is no such type.');
    }
    return { type, mark: '' };
  }

  #attribute(one: PlannedComplex['attributes'][number], given: Json, pointer: string): string {
    const key = `@${one.name}`;
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    const at = `${pointer}/${escapeStep(key)}`;
    if (value === undefined || value === null) return one.required ? this.#say(at, 'It is missing.') : '';
    const type = this.#plan.types[one.type];
    const made = type?.kind === 'simple' ? simpleText(type, value) : { wrong: 'It cannot be set.' };
    if ('wrong' in made) return this.#say(at, made.wrong);
    if (!isWritable(made.text)) return this.#say(at, UNWRITABLE);
    return ` ${this.#written(one.name, one.ns)}="${escapeAttribute(made.text)}"`;
  }

  /** Writes what the content takes of what is left; how often it is repeated follows from that. */
  #particle(particle: Particle, left: Left, pointer: string): string {
    if (particle.kind === 'any') return '';
    if (particle.kind === 'element') return this.#elements(particle, left, pointer);
    const most = particle.max === -1 ? Number.POSITIVE_INFINITY : particle.max;
    let text = '';
    let times = 0;
    while (times < most && (has(particle, left) || times < particle.min)) {
      const before = count(left);
      text +=
        particle.kind === 'choice'
          ? this.#choice(particle.items, left, pointer)
          : particle.items.map((item) => this.#particle(item, left, pointer)).join('');
      times++;
      // Of a repetition that took nothing there would be no end.
      if (count(left) === before && times >= Math.min(1, particle.min)) break;
    }
    return text;
  }

  #choice(items: readonly Particle[], left: Left, pointer: string): string {
    const weights = items.map((item) => weight(item, left));
    const chosen = items[weights.indexOf(Math.max(...weights))];
    if (chosen && has(chosen, left)) return this.#particle(chosen, left, pointer);
    if (items.some(isEmptiable)) return '';
    const names = items.flatMap(firstNames).join(', ');
    return this.#say(pointer, `One of ${names.slice(0, 200)} must be there.`);
  }

  #elements(element: PlannedElement, left: Left, pointer: string): string {
    const given = left.get(element.name);
    const at = `${pointer}/${escapeStep(element.name)}`;
    const most = element.max === -1 ? Number.POSITIVE_INFINITY : element.max;
    let text = '';
    let written = 0;
    while (given && given.at < given.values.length && written < most) {
      const value = given.values[given.at];
      const place = given.single ? at : `${at}/${given.at}`;
      given.at++;
      // What may be absent and cannot be nil is left out when it is null.
      if (value === null && !element.nillable && element.min === 0) continue;
      text += this.element(element, value, place);
      written++;
    }
    return written < element.min ? text + this.#say(at, 'It is missing.') : text;
  }

  #simple(at: number, value: unknown, pointer: string): string {
    const type = this.#plan.types[at];
    const made = type?.kind === 'simple' ? simpleText(type, value) : { text: String(value) };
    return 'wrong' in made ? this.#say(pointer, made.wrong) : this.#text(made.text, pointer);
  }

  /** Elements that the schema leaves open, as the caller names them. */
  #extra(given: Json, fields: ReadonlyMap<string, unknown>, type: PlannedComplex, pointer: string): string {
    const attributes = new Set(namesOf(type));
    return Object.entries(given)
      .filter(([key]) => !fields.has(key) && !attributes.has(key))
      .map(([key, value]) => this.#open(key, value, `${pointer}/${escapeStep(key)}`))
      .join('');
  }

  #open(name: string, value: unknown, pointer: string): string {
    if (!ELEMENT_NAME.test(name)) return this.#say(pointer, 'It is no name for an element.');
    if (Array.isArray(value)) return (value as unknown[]).map((one) => this.#open(name, one, pointer)).join('');
    if (value === null || value === undefined) return `<${name}/>`;
    if (!isObject(value)) return `<${name}>${this.#text(scalar(value), pointer)}</${name}>`;
    const inner = Object.entries(value).map(([key, one]) => this.#open(key, one, `${pointer}/${escapeStep(key)}`));
    return `<${name}>${inner.join('')}</${name}>`;
  }

  #refuseOthers(given: Json, names: ReadonlySet<string>, pointer: string): void {
    for (const key of Object.keys(given)) {
      if (!names.has(key)) this.#say(`${pointer}/${escapeStep(key)}`.slice(0, 300), 'There is no such field.');
    }
  }

  #text(text: string, pointer: string): string {
    return isWritable(text) ? escapeContent(text) : this.#say(pointer, UNWRITABLE);
  }

  #written(name: string, ns: number): string {
    return ns === -1 ? name : `n${ns}:${name}`;
  }

  #say(pointer: string, message: string): '' {
    if (this.#problems.length < MAX_PROBLEMS) this.#problems.push({ pointer, message });
    return '';
  }
}

const UNWRITABLE = 'It holds characters that XML cannot carry.';
const ELEMENT_NAME = /^(?:n\d{1,3}:)?[\p{L}_][\p{L}\p{N}_.-]{0,199}$/u;

const scalar = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function namesOf({ attributes }: PlannedComplex): string[] {
  return ['@xsi:type', ...attributes.map(({ name }) => `@${name}`)];
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether something is left for a part of the content. */
function has(particle: Particle, left: Left): boolean {
  if (particle.kind === 'any') return false;
  if (particle.kind !== 'element') return particle.items.some((item) => has(item, left));
  const given = left.get(particle.name);
  return given !== undefined && given.at < given.values.length;
}

/** How many of the fields that are left a part of the content would take. */
function weight(particle: Particle, left: Left): number {
  if (particle.kind === 'any') return 0;
  if (particle.kind === 'element') return has(particle, left) ? 1 : 0;
  const inner = particle.items.map((item) => weight(item, left));
  return particle.kind === 'choice' ? Math.max(0, ...inner) : inner.reduce((sum, one) => sum + one, 0);
}

function count(left: Left): number {
  let taken = 0;
  for (const { at } of left.values()) taken += at;
  return taken;
}

function isEmptiable(particle: Particle): boolean {
  if (particle.min === 0 || particle.kind === 'any') return true;
  if (particle.kind === 'element') return false;
  return particle.kind === 'choice' ? particle.items.some(isEmptiable) : particle.items.every(isEmptiable);
}

function firstNames(particle: Particle): string[] {
  if (particle.kind === 'any') return [];
  return particle.kind === 'element' ? [particle.name] : particle.items.slice(0, 1).flatMap(firstNames);
}
