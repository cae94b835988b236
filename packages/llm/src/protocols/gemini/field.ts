import { isObject } from '../../object.ts';

export type Json = Readonly<Record<string, unknown>>;

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

const SNAKES = new Map<string, string>();

/** A member by its name in camel case or, as protobuf's JSON also takes it, in snake case. `undefined` for none or `null`. */
export function field(object: Json, name: string): unknown {
  const given = object[name];
  if (given !== undefined) return given ?? undefined;
  let other = SNAKES.get(name);
  if (other === undefined) {
    other = snake(name);
    SNAKES.set(name, other);
  }
  return other === name ? undefined : (object[other] ?? undefined);
}

/** A member that is an object, else `null`. */
export function objectField(object: Json, name: string): Json | null {
  const value = field(object, name);
  return isObject(value) ? value : null;
}

export function textField(object: Json, name: string): string | undefined {
  const value = field(object, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberField(object: Json, name: string): number | undefined {
  const value = field(object, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The camel-case form of a name: under which a member that is not understood is kept. */
export function camel(name: string): string {
  return name.replace(/_([a-z])/g, (_whole, letter: string) => letter.toUpperCase());
}
