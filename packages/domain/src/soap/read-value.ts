import type { PlannedComplex, PlannedElement, SoapPlan } from '@parley/contracts/soap-plan';
import type { XmlNode } from '../xml/read-nodes.ts';
import { TEXT } from '../xml/xml-value.ts';
import { fieldsOf } from './fields.ts';
import { XSI } from './names.ts';
import { simpleValue } from './simple-types.ts';

/**
 * The JSON value of an element by its planned type: numbers and booleans as such, lists wherever an element may be repeated,
 * `null` for `xsi:nil`. What the schema does not know becomes objects and texts.
 */
export function readElement(plan: SoapPlan, planned: PlannedElement, element: XmlNode): unknown {
  return valueOf(plan, planned.type, element);
}

function valueOf(plan: SoapPlan, at: number, element: XmlNode): unknown {
  if (isNil(element)) return null;
  const type = plan.types[at];
  switch (type?.kind) {
    case 'simple':
      return simpleValue(type, element.text);
    case 'complex':
      return complexValue(plan, type, element);
    default:
      return openValue(element);
  }
}

function complexValue(plan: SoapPlan, declared: PlannedComplex, element: XmlNode): unknown {
  const { type, name } = actualType(plan, declared, element);
  const entries: [string, unknown][] = name === null ? [] : [['@xsi:type', name]];
  for (const attribute of type.attributes) {
    const found = element.attributes.find((one) => one.name === attribute.name);
    if (found) entries.push([`@${attribute.name}`, textValue(plan, attribute.type, found.value)]);
  }
  if (type.text !== null) {
    const value = textValue(plan, type.text, element.text);
    return type.attributes.length === 0 && name === null ? value : Object.fromEntries([...entries, [TEXT, value]]);
  }
  const fields = fieldsOf(type.content);
  const found = new Map<string, unknown[]>();
  // In the order of the schema, whatever the order of the answer.
  for (const key of fields.keys()) found.set(key, []);
  for (const child of element.children) {
    const field = fields.get(child.name);
    const value = field ? valueOf(plan, field.element.type, child) : openValue(child);
    const values = found.get(child.name);
    if (values) values.push(value);
    else found.set(child.name, [value]);
  }
  for (const [key, values] of found) {
    const list = fields.get(key)?.list ?? values.length > 1;
    if (list) entries.push([key, values]);
    else if (values.length > 0) entries.push([key, values[0]]);
  }
  return Object.fromEntries(entries);
}

/** What `xsi:type` says, where it names a type that extends the declared one. */
function actualType(
  plan: SoapPlan,
  declared: PlannedComplex,
  element: XmlNode,
): { type: PlannedComplex; name: string | null } {
  if (!declared.derived) return { type: declared, name: null };
  const said = element.attributes.find(({ namespace, name }) => namespace === XSI && name === 'type')?.value.trim();
  const local = said?.slice(said.indexOf(':') + 1);
  const found = declared.derived.find(({ name }) => name === local);
  const type = found && plan.types[found.type];
  return type?.kind === 'complex' ? { type, name: found?.name ?? null } : { type: declared, name: null };
}

function textValue(plan: SoapPlan, at: number, text: string): unknown {
  const type = plan.types[at];
  return type?.kind === 'simple' ? simpleValue(type, text) : text;
}

/** An element that no schema describes: its text, or its children by name. */
function openValue(element: XmlNode): unknown {
  if (isNil(element)) return null;
  if (element.children.length === 0) return element.text;
  const found = new Map<string, unknown[]>();
  for (const child of element.children) {
    const values = found.get(child.name);
    if (values) values.push(openValue(child));
    else found.set(child.name, [openValue(child)]);
  }
  return Object.fromEntries([...found].map(([key, values]) => [key, values.length > 1 ? values : values[0]]));
}

function isNil(element: XmlNode): boolean {
  const nil = element.attributes.find(({ namespace, name }) => namespace === XSI && name === 'nil')?.value;
  return nil === 'true' || nil === '1';
}
