import type { XmlNode } from '../xml/read-nodes.ts';
import { attributeOf, childrenOf, keyOf, type Name, nameIn, WsdlFault, XSD } from './names.ts';

/** A piece of a schema with the schema it stands in, which says how local names are qualified. */
export interface Piece {
  readonly node: XmlNode;
  readonly schema: XmlNode;
}

const KINDS = ['element', 'complexType', 'simpleType', 'group', 'attributeGroup', 'attribute'] as const;
type Kind = (typeof KINDS)[number];

/** The global declarations of a document's schemas, by kind and name. */
export class Schemas {
  #extensions: ReadonlyMap<string, readonly Piece[]> | null = null;
  readonly #pieces = new Map<Kind, Map<string, Piece>>(KINDS.map((kind) => [kind, new Map()]));

  /** Throws `WsdlFault` when a schema leads to another file whose names are not here. */
  constructor(schemas: readonly XmlNode[]) {
    const here = new Set(schemas.map(targetOf));
    for (const schema of schemas) {
      refuseOthers(schema, here);
      for (const node of childrenOf(schema, XSD)) {
        const name = attributeOf(node, 'name');
        const pieces = this.#pieces.get(node.name as Kind);
        if (pieces && name !== undefined) pieces.set(keyOf({ namespace: targetOf(schema), name }), { node, schema });
      }
    }
  }

  /** Throws `WsdlFault` when there is none. */
  get(kind: Kind, name: Name): Piece {
    const piece = this.find(kind, name);
    if (piece) return piece;
    throw new WsdlFault(`The document’s types have no ${kind} ${name.name} in the namespace “${name.namespace}”.`);
  }

  find(kind: Kind, name: Name): Piece | undefined {
    return this.#pieces.get(kind)?.get(keyOf(name));
  }

  /** The global complex types that extend one of this name. */
  extensionsOf(base: Name): readonly Piece[] {
    this.#extensions ??= this.#indexed();
    return this.#extensions.get(keyOf(base)) ?? [];
  }

  #indexed(): Map<string, Piece[]> {
    const found = new Map<string, Piece[]>();
    for (const piece of this.#pieces.get('complexType')?.values() ?? []) {
      const [extension] = childrenOf(piece.node, XSD, 'complexContent').flatMap((one) =>
        childrenOf(one, XSD, 'extension'),
      );
      if (!extension) continue;
      const base = keyOf(nameIn(extension, attributeOf(extension, 'base') ?? ''));
      const pieces = found.get(base);
      if (pieces) pieces.push(piece);
      else found.set(base, [piece]);
    }
    return found;
  }
}

export function targetOf(schema: XmlNode): string {
  return attributeOf(schema, 'targetNamespace') ?? '';
}

/** Types that nobody can look up elsewhere are known by themselves. */
const KNOWN_ELSEWHERE = new Set([XSD, 'http://schemas.xmlsoap.org/soap/encoding/', 'http://schemas.xmlsoap.org/wsdl/']);

function refuseOthers(schema: XmlNode, here: ReadonlySet<string>): void {
  for (const node of childrenOf(schema, XSD)) {
    if (node.name === 'include' || node.name === 'redefine') {
      throw new WsdlFault(
        `Its types include another file (${attributeOf(node, 'schemaLocation') ?? ''}): put everything into one document.`,
      );
    }
    const namespace = attributeOf(node, 'namespace') ?? '';
    if (node.name !== 'import' || here.has(namespace) || KNOWN_ELSEWHERE.has(namespace)) continue;
    throw new WsdlFault(`Its types import “${namespace}” from another file: put everything into one document.`);
  }
}
