import type { XmlNode } from '../xml/read-nodes.ts';
import { attributeOf, BINDINGS, childrenOf, type Name, nameIn, WSDL, WsdlFault, XSD } from './names.ts';
import { Schemas } from './schemas.ts';

const TRANSPORTS = new Set([
  'http://schemas.xmlsoap.org/soap/http',
  'http://www.w3.org/2003/05/soap/bindings/HTTP/',
  '',
]);

interface Part {
  readonly name: string;
  readonly element: Name | null;
  readonly type: Name | null;
}

export interface Message {
  readonly parts: readonly Part[];
  /** Of an rpc body. */
  readonly namespace: string;
}

/** An operation as it is called: what WSDL says of it, with SOAP’s part of the binding. */
export interface BoundOperation {
  readonly name: string;
  readonly version: '1.1' | '1.2';
  readonly action: string;
  readonly style: 'document' | 'rpc';
  readonly input: Message;
  /** `null` for a one-way operation. */
  readonly output: Message | null;
  readonly documentation: string;
}

export interface Choice {
  readonly service?: string | undefined;
  readonly port?: string | undefined;
  readonly operation: string;
}

/** A WSDL 1.1 document. Every method throws `WsdlFault` for what is missing or not supported. */
export class Wsdl {
  readonly #root: XmlNode;
  readonly schemas: Schemas;

  constructor(root: XmlNode) {
    this.#root = root;
    if (root.namespace !== WSDL || root.name !== 'definitions') {
      throw new WsdlFault('This is no WSDL 1.1 document: it starts with another element than wsdl:definitions.');
    }
    const [elsewhere] = childrenOf(root, WSDL, 'import');
    if (elsewhere) {
      const place = attributeOf(elsewhere, 'location') ?? attributeOf(elsewhere, 'namespace') ?? '';
      throw new WsdlFault(`It imports another file (${place.slice(0, 200)}): put everything into one document.`);
    }
    this.schemas = new Schemas(childrenOf(root, WSDL, 'types').flatMap((types) => childrenOf(types, XSD, 'schema')));
  }

  /** An operation of a SOAP port. */
  operation(choice: Choice): BoundOperation {
    const port = this.#port(choice);
    const binding = this.#bindingOf(port);
    const soap = soapOf(binding);
    const version = soap && versionOf(soap.namespace);
    if (!soap || !version) throw new WsdlFault(`The port ${attributeOf(port, 'name') ?? ''} is not for SOAP.`);
    if (!TRANSPORTS.has(attributeOf(soap, 'transport') ?? '')) throw new WsdlFault('Only SOAP over HTTP is called.');
    const bound = named(childrenOf(binding, WSDL, 'operation'), choice.operation, 'operation');
    const portType = this.#global('portType', nameIn(binding, attributeOf(binding, 'type') ?? ''));
    const declared = named(childrenOf(portType, WSDL, 'operation'), choice.operation, 'operation');
    const [soapOperation] = bound.children.filter(
      ({ namespace, name }) => name === 'operation' && versionOf(namespace),
    );
    const style = (soapOperation && attributeOf(soapOperation, 'style')) ?? attributeOf(soap, 'style') ?? 'document';
    if (style !== 'document' && style !== 'rpc')
      throw new WsdlFault(`Its style “${style}” is neither document nor rpc.`);
    return {
      name: choice.operation,
      version,
      action: (soapOperation && attributeOf(soapOperation, 'soapAction')) ?? '',
      style,
      input: this.#message('input', bound, declared) ?? { parts: [], namespace: '' },
      output: this.#message('output', bound, declared),
      documentation: childrenOf(declared, WSDL, 'documentation')[0]?.text.trim().slice(0, 500) ?? '',
    };
  }

  #port({ service, port }: Choice): XmlNode {
    const services = childrenOf(this.#root, WSDL, 'service');
    if (service === undefined && services.length > 1) {
      throw new WsdlFault(`It has several services: choose one of ${namesOf(services)}.`);
    }
    const [first] = services;
    const chosen = service === undefined ? first : named(services, service, 'service');
    if (!chosen) throw new WsdlFault('It has no service.');
    const ports = childrenOf(chosen, WSDL, 'port');
    if (port !== undefined) return named(ports, port, 'port');
    const spoken = ports.find((one) => soapOf(this.#bindingOf(one)));
    if (!spoken) throw new WsdlFault('Its service has no port for SOAP.');
    return spoken;
  }

  #bindingOf(port: XmlNode): XmlNode {
    return this.#global('binding', nameIn(port, attributeOf(port, 'binding') ?? ''));
  }

  #message(direction: 'input' | 'output', bound: XmlNode, declared: XmlNode): Message | null {
    const [inBinding] = childrenOf(bound, WSDL, direction);
    const [inType] = childrenOf(declared, WSDL, direction);
    if (!inType) return null;
    const body = inBinding?.children.find(({ namespace, name }) => name === 'body' && versionOf(namespace));
    if (
      !body &&
      inBinding &&
      inBinding.children.length > 0 &&
      !inBinding.children.some(({ name }) => name === 'header')
    ) {
      throw new WsdlFault('A message is no plain SOAP body; attachments (MIME, DIME) are not supported.');
    }
    if (body && attributeOf(body, 'use') === 'encoded') {
      throw new WsdlFault('Messages in SOAP encoding (use="encoded") are not supported, only literal ones.');
    }
    const message = this.#global('message', nameIn(inType, attributeOf(inType, 'message') ?? ''));
    const chosen = body && attributeOf(body, 'parts')?.split(/\s+/).filter(Boolean);
    const parts = childrenOf(message, WSDL, 'part').map((part) => {
      const [element, type] = [attributeOf(part, 'element'), attributeOf(part, 'type')];
      return {
        name: attributeOf(part, 'name') ?? '',
        element: element === undefined ? null : nameIn(part, element),
        type: type === undefined ? null : nameIn(part, type),
      };
    });
    return {
      parts: chosen === undefined ? parts : parts.filter(({ name }) => chosen.includes(name)),
      namespace: (body && attributeOf(body, 'namespace')) ?? '',
    };
  }

  #global(kind: string, { name }: Name): XmlNode {
    return named(childrenOf(this.#root, WSDL, kind), name, kind);
  }
}

/** SOAP’s own part of a binding. */
function soapOf(binding: XmlNode): XmlNode | undefined {
  return binding.children.find(({ namespace, name }) => name === 'binding' && versionOf(namespace));
}

function versionOf(namespace: string): '1.1' | '1.2' | undefined {
  return (BINDINGS as ReadonlyMap<string, '1.1' | '1.2'>).get(namespace);
}

function named(elements: readonly XmlNode[], name: string, kind: string): XmlNode {
  const found = elements.find((one) => attributeOf(one, 'name') === name);
  if (found) return found;
  throw new WsdlFault(`It has no ${kind} “${name.slice(0, 100)}”; it has ${namesOf(elements) || 'none'}.`);
}

function namesOf(elements: readonly XmlNode[]): string {
  return elements
    .flatMap((one) => attributeOf(one, 'name') ?? [])
    .slice(0, 30)
    .join(', ');
}
