import type { PlannedInput } from '@parley/contracts/graphql-plan';
import type { SoapPolicy } from '@parley/contracts/policies/soap';
import type { PlannedElement, SoapPlan } from '@parley/contracts/soap-plan';
import type { Issue } from '../graphql/compile.ts';
import type { EndpointShape } from '../translation/endpoint-shape.ts';
import { BODILESS, type Place, plannedPlace } from '../translation/input-place.ts';
import { escapeStep } from '../translation/json-pointer.ts';
import { readNodes } from '../xml/read-nodes.ts';
import { XmlFault } from '../xml/xml-value.ts';
import { TypeCompiler } from './compile-types.ts';
import { answersAt, partOf, soapShape, typeSchema } from './describe.ts';
import { fieldsOf } from './fields.ts';
import { WsdlFault } from './names.ts';
import { type BoundOperation, type Message, Wsdl } from './read-wsdl.ts';

/** Largest plan in a snapshot, as JSON text. */
const MAX_PLAN_BYTES = 256 * 1024;
const KIBIBYTE = 1024;
/** Documents are large and shared by many routes: the latest few are kept as they were read. */
const KEPT = 4;
const kept = new Map<string, Wsdl>();

export interface CompiledSoap {
  readonly plan: SoapPlan;
  readonly shape: EndpointShape;
}

/** Compiles the policy of a route, or tells what is wrong with it. */
export function compileSoap(policy: SoapPolicy, route: Place): CompiledSoap | readonly Issue[] {
  const { operation } = policy;
  if (policy.wsdl === undefined) return [{ path: 'wsdl', message: 'Give the service’s WSDL document.' }];
  if (operation === undefined) {
    return [{ path: 'operation', message: 'Say which operation answers, or switch “soap” off on this route.' }];
  }
  let wsdl: Wsdl;
  try {
    wsdl = wsdlOf(policy.wsdl);
  } catch (error) {
    return [{ path: 'wsdl', message: messageOf(error) }];
  }
  try {
    return planned(policy, wsdl.operation({ ...policy, operation }), wsdl, route);
  } catch (error) {
    return [{ path: 'operation', message: messageOf(error) }];
  }
}

function wsdlOf(text: string): Wsdl {
  const known = kept.get(text);
  if (known) return known;
  const read = new Wsdl(readNodes(text));
  if (kept.size >= KEPT) kept.delete(kept.keys().next().value as string);
  kept.set(text, read);
  return read;
}

function messageOf(error: unknown): string {
  if (error instanceof WsdlFault || error instanceof XmlFault) return error.message;
  throw error;
}

function planned(policy: SoapPolicy, bound: BoundOperation, wsdl: Wsdl, route: Place): CompiledSoap | readonly Issue[] {
  if (!/^[\x21\x23-\x5b\x5d-\x7e]{0,500}$/.test(bound.action)) {
    throw new WsdlFault('Its SOAP action holds characters that no header can carry.');
  }
  const types = new TypeCompiler(wsdl.schemas);
  const input = contentOf(bound, bound.input, bound.name, types);
  if (input === null) throw new WsdlFault('Its input has no part.');
  const output = bound.output && contentOf(bound, bound.output, `${bound.name}Response`, types);
  const plan: SoapPlan = {
    kind: 'soap',
    version: bound.version,
    action: bound.action,
    namespaces: types.namespaces,
    types: types.types,
    input,
    output,
    inputs: [],
    result: policy.result ?? '',
    statuses: policy.statuses ?? {},
    maxAnswerBytes: (policy.maxAnswerKb ?? KIBIBYTE) * KIBIBYTE,
  };
  const bytes = JSON.stringify(plan).length;
  if (bytes > MAX_PLAN_BYTES) {
    throw new WsdlFault(
      `Its types take ${Math.ceil(bytes / KIBIBYTE)} KB; at most ${MAX_PLAN_BYTES / KIBIBYTE} KB can be kept.`,
    );
  }
  const { inputs, issues } = inputsOf(policy, plan, route);
  if (issues.length > 0) return issues;
  const whole = { ...plan, inputs };
  if (!answersAt(whole, whole.result)) return [{ path: 'result', message: 'The answer has nothing at this place.' }];
  return { plan: whole, shape: soapShape(whole, bound.documentation) };
}

/** The one element in the body of a message. */
function contentOf(
  { style }: BoundOperation,
  { parts, namespace }: Message,
  name: string,
  types: TypeCompiler,
): PlannedElement | null {
  if (style === 'rpc') {
    const items = parts.map((part) => {
      if (part.type === null) throw new WsdlFault(`The part ${part.name} of an rpc message has no type.`);
      return types.part(part.name, part.type);
    });
    return types.wrapper({ namespace, name }, items);
  }
  const [part, ...more] = parts;
  if (!part) return null;
  if (more.length > 0) throw new WsdlFault('Its message has several body parts, which no SOAP body may have.');
  if (part.element === null)
    throw new WsdlFault(`The part ${part.name} of a document message names a type, not an element.`);
  return types.element(part.element);
}

/** Where the input comes from: as the policy says, or by the names of its fields. */
function inputsOf(policy: SoapPolicy, plan: SoapPlan, route: Place): { inputs: PlannedInput[]; issues: Issue[] } {
  if (policy.inputs === undefined) return byName(plan, route);
  const schema = typeSchema(plan, plan.input.type);
  const inputs: PlannedInput[] = [];
  const issues: Issue[] = [];
  policy.inputs.forEach((input, at) => {
    const pointer = pointerOf(input.name);
    const say = (field: string, message: string) => issues.push({ path: `inputs.${at}.${field}`, message });
    if (!partOf(schema, pointer).known) return say('name', `The input of ${policy.operation ?? ''} has no such field.`);
    const placed = plannedPlace({ ...input, at: input.at ?? defaultPlace(input.from, input.name) }, route);
    if ('message' in placed) return say(placed.path, placed.message);
    inputs.push({ ...placed, name: pointer });
  });
  // What fills the whole comes first, so that the others can go into it.
  return { inputs: inputs.sort((one, other) => Math.sign(one.name.length) - Math.sign(other.name.length)), issues };
}

/** `/` stands for the whole input, a plain name for a field of it. */
function pointerOf(name: string): string {
  if (name === '/') return '';
  return name.startsWith('/') ? name : `/${escapeStep(name)}`;
}

function defaultPlace(from: string, name: string): string | undefined {
  if (from === 'value') return undefined;
  return from === 'body' ? pointerOf(name) : (name.split('/').at(-1) ?? name);
}

function byName(plan: SoapPlan, route: Place): { inputs: PlannedInput[]; issues: Issue[] } {
  const type = plan.types[plan.input.type];
  const bodiless = BODILESS.has(route.method);
  const inputs: PlannedInput[] = bodiless ? [] : [{ name: '', from: 'body', at: '' }];
  const issues: Issue[] = [];
  for (const [name, { element, always }] of fieldsOf(type?.kind === 'complex' ? type.content : null)) {
    const field = `/${escapeStep(name)}`;
    const simple = plan.types[element.type]?.kind === 'simple';
    if (route.path.split('/').includes(`{${name}}`)) inputs.push({ name: field, from: 'path', at: name });
    else if (bodiless && simple) inputs.push({ name: field, from: 'query', at: name });
    else if (bodiless && always) {
      const message = `The field ${name} holds fields of its own, which only a body can: use a route for POST.`;
      issues.push({ path: 'operation', message });
    }
  }
  return { inputs, issues };
}
