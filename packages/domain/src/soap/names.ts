import type { XmlNode } from '../xml/read-nodes.ts';

export const XSD = 'http://www.w3.org/2001/XMLSchema';
export const XSI = 'http://www.w3.org/2001/XMLSchema-instance';
export const WSDL = 'http://schemas.xmlsoap.org/wsdl/';
/** Of bindings in WSDL: which SOAP they are for. */
export const BINDINGS = new Map([
  ['http://schemas.xmlsoap.org/wsdl/soap/', '1.1'],
  ['http://schemas.xmlsoap.org/wsdl/soap12/', '1.2'],
] as const);
export const ENVELOPES = {
  '1.1': 'http://schemas.xmlsoap.org/soap/envelope/',
  '1.2': 'http://www.w3.org/2003/05/soap-envelope',
} as const;

/** What cannot be read of a WSDL document or is not supported, in a sentence. */
export class WsdlFault extends Error {}

export interface Name {
  readonly namespace: string;
  readonly name: string;
}

export const keyOf = ({ namespace, name }: Name): string => `{${namespace}}${name}`;

/** Value of an attribute without namespace. */
export function attributeOf(element: XmlNode, name: string): string | undefined {
  return element.attributes.find((one) => one.name === name && one.namespace === '')?.value;
}

/** The name that a text such as `tns:Order` stands for within an element. */
export function nameIn(element: XmlNode, text: string): Name {
  const [prefix, local] = text.includes(':') ? (text.trim().split(':', 2) as [string, string]) : ['', text.trim()];
  const namespace = element.scope.find(prefix);
  if (namespace === undefined) throw new WsdlFault(`Nothing declares the prefix “${prefix}” of ${text.slice(0, 100)}.`);
  return { namespace, name: local };
}

export function childrenOf(element: XmlNode, namespace: string, name?: string): XmlNode[] {
  return element.children.filter((one) => one.namespace === namespace && (name === undefined || one.name === name));
}
