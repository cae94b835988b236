import { SaxesParser, type SaxesTagNS } from 'saxes';
import { XML_LIMITS, XmlFault } from './xml-value.ts';

/** Prefixes in force at an element; the empty one is the default namespace. */
export class Scope {
  readonly #own: ReadonlyMap<string, string>;
  readonly #outer: Scope | null;

  constructor(own: ReadonlyMap<string, string>, outer: Scope | null) {
    this.#own = own;
    this.#outer = outer;
  }

  /** The namespace of a prefix; `undefined` for one that nothing declares. */
  find(prefix: string): string | undefined {
    return this.#own.get(prefix) ?? this.#outer?.find(prefix);
  }
}

/** An element with its names resolved, for documents in which namespaces matter. */
export interface XmlNode {
  /** Empty for none. */
  readonly namespace: string;
  /** Without prefix. */
  readonly name: string;
  readonly attributes: readonly { readonly namespace: string; readonly name: string; readonly value: string }[];
  readonly children: readonly XmlNode[];
  /** Its own text, without that of its children. */
  readonly text: string;
  readonly scope: Scope;
}

type Open = XmlNode & { children: XmlNode[]; text: string };

const ROOT_SCOPE = new Scope(new Map([['', '']]), null);

/**
 * Reads a document (XML 1.0 with namespaces) into its root. No document type is taken: no entities but the five of XML itself,
 * nothing fetched; comments and instructions are left out. Throws {@link XmlFault}, with line and column, for what is not
 * well-formed, or beyond `XML_LIMITS`.
 */
export function readNodes(text: string): XmlNode {
  const parser = new SaxesParser({ xmlns: true, position: true });
  const open: Open[] = [];
  let root: XmlNode | null = null;
  let elements = 0;
  const fail = (message: string): never => {
    throw new XmlFault(`Line ${parser.line}, column ${parser.column}: ${message}`);
  };
  const write = (more: string): void => {
    const inner = open.at(-1);
    if (inner) inner.text += more;
  };
  parser.on('error', ({ message }) => fail(message.replace(/^\d+:\d+: /, '').slice(0, 200)));
  parser.on('doctype', () => fail('Document types (DOCTYPE) are not taken.'));
  parser.on('text', write);
  parser.on('cdata', write);
  parser.on('opentag', (tag: SaxesTagNS) => {
    if (open.length >= XML_LIMITS.depth) fail(`It is nested deeper than ${XML_LIMITS.depth} levels.`);
    if (++elements > XML_LIMITS.elements) fail(`It has more than ${XML_LIMITS.elements} elements.`);
    const parent = open.at(-1);
    const node = nodeOf(tag, parent?.scope ?? ROOT_SCOPE);
    if (parent) parent.children.push(node);
    else root = node;
    open.push(node);
  });
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  return root ?? fail('There is no element.');
}

function nodeOf({ uri, local, attributes, ns }: SaxesTagNS, outer: Scope): Open {
  const own = Object.entries(ns);
  return {
    namespace: uri,
    name: local,
    attributes: Object.values(attributes)
      .filter(({ name, prefix }) => prefix !== 'xmlns' && name !== 'xmlns')
      .map((one) => ({ namespace: one.uri, name: one.local, value: one.value })),
    children: [],
    text: '',
    scope: own.length === 0 ? outer : new Scope(new Map(own), outer),
  };
}
