import type { Particle, PlannedComplex, PlannedElement, PlannedSimple, PlannedType } from '@parley/contracts/soap-plan';
import type { XmlNode } from '../xml/read-nodes.ts';
import { attributeOf, childrenOf, keyOf, type Name, nameIn, WsdlFault, XSD } from './names.ts';
import { type Piece, type Schemas, targetOf } from './schemas.ts';
import { builtIn } from './simple-types.ts';

type Content = Pick<PlannedComplex, 'attributes' | 'content' | 'text'>;

const MAX_TYPES = 2000;
const MAX_PARTS = 20_000;
/** Groups and bases that lead to themselves would never end. */
const MAX_NESTING = 300;

/** Turns the schema types that an operation needs into the plan's own, each once. */
export class TypeCompiler {
  readonly types: PlannedType[] = [];
  readonly namespaces: string[] = [];
  readonly #schemas: Schemas;
  readonly #known = new Map<string, number>();
  #nesting = 0;
  #parts = 0;

  constructor(schemas: Schemas) {
    this.#schemas = schemas;
  }

  /** A global element as the content of something else. */
  element(name: Name): PlannedElement {
    return this.#elementOf(this.#schemas.get('element', name), { min: 1, max: 1 });
  }

  /** An element of a type that is named, without namespace: a part of an rpc message. */
  part(name: string, type: Name): PlannedElement {
    return { kind: 'element', name, ns: -1, type: this.#named(type), nillable: false, min: 1, max: 1 };
  }

  /** An element around others: an rpc call or answer. */
  wrapper({ namespace, name }: Name, items: readonly PlannedElement[]): PlannedElement {
    const content: Particle = { kind: 'sequence', min: 1, max: 1, items: [...items] };
    const type = this.#add({ kind: 'complex', attributes: [], content, text: null });
    return { kind: 'element', name, ns: this.ns(namespace), type, nillable: false, min: 1, max: 1 };
  }

  /** The place of a namespace; -1 for none. */
  ns(namespace: string): number {
    if (namespace === '') return -1;
    const at = this.namespaces.indexOf(namespace);
    return at === -1 ? this.namespaces.push(namespace) - 1 : at;
  }

  #add(type: PlannedType): number {
    if (this.types.length >= MAX_TYPES) throw new WsdlFault(`The operation needs more than ${MAX_TYPES} types.`);
    return this.types.push(type) - 1;
  }

  #named(name: Name): number {
    const key = keyOf(name);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (name.namespace === XSD) {
      const open = name.name === 'anyType';
      const at = this.#add(open ? { kind: 'open' } : builtIn(name.name));
      this.#known.set(key, at);
      return at;
    }
    const simple = this.#schemas.find('simpleType', name);
    if (simple) {
      const at = this.#add(this.#simple(simple));
      this.#known.set(key, at);
      return at;
    }
    const piece = this.#schemas.get('complexType', name);
    const at = this.#complex(piece, (place) => this.#known.set(key, place));
    this.#derive(at, name);
    return at;
  }

  /** Types that extend a named one may stand in its place. */
  #derive(at: number, base: Name): void {
    const derived: NonNullable<PlannedComplex['derived']> = [];
    for (const piece of this.#schemas.extensionsOf(base)) {
      const name = { namespace: targetOf(piece.schema), name: attributeOf(piece.node, 'name') ?? '' };
      const type = this.#named(name);
      derived.push({ name: name.name, ns: this.ns(name.namespace), type });
      const further = this.types[type];
      if (further?.kind === 'complex') derived.push(...(further.derived ?? []));
    }
    const own = this.types[at];
    if (own?.kind === 'complex' && derived.length > 0) own.derived = derived;
  }

  #complex({ node, schema }: Piece, keep: (at: number) => void): number {
    if (this.#isOpen(node)) {
      const at = this.#add({ kind: 'open' });
      keep(at);
      return at;
    }
    const made: PlannedComplex = { kind: 'complex', attributes: [], content: null, text: null };
    if (attributeOf(node, 'abstract') === 'true') made.abstract = true;
    const at = this.#add(made);
    keep(at);
    this.#within(() => Object.assign(made, this.#contentOf({ node, schema })));
    return at;
  }

  #isOpen(node: XmlNode): boolean {
    const inner = node.children.filter(({ name }) => name !== 'annotation');
    return attributeOf(node, 'mixed') === 'true' && inner.some(({ name }) => name === 'sequence' || name === 'choice');
  }

  #contentOf(piece: Piece): Content {
    const [simple] = childrenOf(piece.node, XSD, 'simpleContent');
    const [complex] = childrenOf(piece.node, XSD, 'complexContent');
    const outer = simple ?? complex;
    if (!outer) return { ...this.#ownContent(piece), text: null };
    const [inner] = outer.children.filter(({ name }) => name === 'extension' || name === 'restriction');
    if (!inner) throw new WsdlFault('A type derives from nothing.');
    const base = nameIn(inner, attributeOf(inner, 'base') ?? '');
    if (base.namespace.includes('soap/encoding')) throw new WsdlFault('Types of SOAP encoding are not supported.');
    const own = this.#ownContent({ node: inner, schema: piece.schema });
    if (simple) return this.#simpleContent(base, own.attributes);
    if (base.namespace === XSD) return { ...own, text: null };
    const under = this.#within(() => this.#contentOf(this.#schemas.get('complexType', base)));
    const attributes = mergedAttributes(under.attributes, own.attributes);
    if (inner.name === 'restriction') return { attributes, content: own.content, text: null };
    const items = [under.content, own.content].filter((one) => one !== null);
    const content: Particle | null =
      items.length < 2 ? (items[0] ?? null) : { kind: 'sequence', min: 1, max: 1, items };
    return { attributes, content, text: under.text };
  }

  #simpleContent(base: Name, attributes: PlannedComplex['attributes']): Content {
    if (base.namespace === XSD || this.#schemas.find('simpleType', base)) {
      return { attributes, content: null, text: this.#named(base) };
    }
    const under = this.#within(() => this.#contentOf(this.#schemas.get('complexType', base)));
    return { ...under, attributes: mergedAttributes(under.attributes, attributes) };
  }

  #ownContent({ node, schema }: Piece): Pick<PlannedComplex, 'attributes' | 'content'> {
    const particles = childrenOf(node, XSD).flatMap((child) => this.#particle({ node: child, schema }) ?? []);
    return { attributes: this.#attributes({ node, schema }), content: particles[0] ?? null };
  }

  #particle({ node, schema }: Piece): Particle | null {
    this.#count();
    const times = timesOf(node);
    if (times.max === 0) return null;
    switch (node.name) {
      case 'element':
        return this.#elementOf({ node, schema }, times);
      case 'any':
        return { kind: 'any', ...times };
      case 'group': {
        const group = this.#schemas.get('group', nameIn(node, attributeOf(node, 'ref') ?? ''));
        const [inner] = group.node.children.filter(({ name }) => name !== 'annotation');
        const particle = inner ? this.#within(() => this.#particle({ node: inner, schema: group.schema })) : null;
        return particle && { kind: 'sequence', ...times, items: [particle] };
      }
      case 'sequence':
      case 'choice':
      case 'all': {
        const items = this.#within(() =>
          childrenOf(node, XSD).flatMap((child) => this.#particle({ node: child, schema }) ?? []),
        );
        return { kind: node.name, ...times, items };
      }
      default:
        return null;
    }
  }

  #elementOf({ node, schema }: Piece, times: { min: number; max: number }): PlannedElement {
    const ref = attributeOf(node, 'ref');
    if (ref !== undefined) {
      const name = nameIn(node, ref);
      if (name.namespace === XSD)
        return {
          kind: 'element',
          name: name.name,
          ns: this.ns(XSD),
          type: this.#openType(),
          nillable: false,
          ...times,
        };
      return this.#elementOf(this.#schemas.get('element', name), times);
    }
    const global = schema.children.includes(node);
    const form = attributeOf(node, 'form') ?? attributeOf(schema, 'elementFormDefault');
    return {
      kind: 'element',
      name: attributeOf(node, 'name') ?? '',
      ns: global || form === 'qualified' ? this.ns(targetOf(schema)) : -1,
      type: this.#typeOf({ node, schema }),
      nillable: attributeOf(node, 'nillable') === 'true',
      ...times,
    };
  }

  /** The type of an element or attribute: named, written within it, or any. */
  #typeOf({ node, schema }: Piece): number {
    const type = attributeOf(node, 'type');
    if (type !== undefined) return this.#within(() => this.#named(nameIn(node, type)));
    const [complex] = childrenOf(node, XSD, 'complexType');
    if (complex) return this.#within(() => this.#inner(node, { node: complex, schema }));
    const [simple] = childrenOf(node, XSD, 'simpleType');
    if (simple) return this.#add(this.#simple({ node: simple, schema }));
    return node.name === 'attribute' ? this.#named({ namespace: XSD, name: 'string' }) : this.#openType();
  }

  readonly #inners = new Map<XmlNode, number>();

  /** A type without a name, which may hold its own element again. */
  #inner(owner: XmlNode, piece: Piece): number {
    const known = this.#inners.get(owner);
    return known ?? this.#complex(piece, (at) => this.#inners.set(owner, at));
  }

  #openType(): number {
    return this.#named({ namespace: XSD, name: 'anyType' });
  }

  #simple({ node, schema }: Piece): PlannedSimple {
    return this.#within(() => {
      const [restriction] = childrenOf(node, XSD, 'restriction');
      if (restriction) {
        const values = childrenOf(restriction, XSD, 'enumeration').map((one) => attributeOf(one, 'value') ?? '');
        const base = this.#simpleBase(restriction, schema, 'base');
        return values.length > 0 ? { ...base, values } : base;
      }
      const [list] = childrenOf(node, XSD, 'list');
      if (list) return { ...this.#simpleBase(list, schema, 'itemType'), list: true };
      return builtIn('string');
    });
  }

  #simpleBase(node: XmlNode, schema: XmlNode, by: string): PlannedSimple {
    const base = attributeOf(node, by);
    if (base === undefined) {
      const [inner] = childrenOf(node, XSD, 'simpleType');
      return inner ? this.#simple({ node: inner, schema }) : builtIn('string');
    }
    const name = nameIn(node, base);
    return name.namespace === XSD ? builtIn(name.name) : this.#simple(this.#schemas.get('simpleType', name));
  }

  #attributes({ node, schema }: Piece): PlannedComplex['attributes'] {
    this.#count();
    return childrenOf(node, XSD).flatMap((child) => {
      if (child.name === 'attributeGroup') {
        const group = this.#schemas.get('attributeGroup', nameIn(child, attributeOf(child, 'ref') ?? ''));
        return this.#within(() => this.#attributes(group));
      }
      if (child.name !== 'attribute' || attributeOf(child, 'use') === 'prohibited') return [];
      const required = attributeOf(child, 'use') === 'required';
      const ref = attributeOf(child, 'ref');
      if (ref !== undefined) {
        const name = nameIn(child, ref);
        const found = this.#schemas.find('attribute', name);
        const type = found ? this.#typeOf(found) : this.#named({ namespace: XSD, name: 'string' });
        return [{ name: name.name, ns: this.ns(name.namespace), type, required }];
      }
      const form = attributeOf(child, 'form') ?? attributeOf(schema, 'attributeFormDefault');
      const ns = form === 'qualified' ? this.ns(targetOf(schema)) : -1;
      return [{ name: attributeOf(child, 'name') ?? '', ns, type: this.#typeOf({ node: child, schema }), required }];
    });
  }

  /** Groups within groups unfold to more than there is time for. */
  #count(): void {
    if (++this.#parts > MAX_PARTS) throw new WsdlFault(`The types of the operation have more than ${MAX_PARTS} parts.`);
  }

  #within<Out>(work: () => Out): Out {
    if (++this.#nesting > MAX_NESTING) throw new WsdlFault('Its types are nested too deeply, or lead to themselves.');
    try {
      return work();
    } finally {
      this.#nesting--;
    }
  }
}

function mergedAttributes(
  under: PlannedComplex['attributes'],
  own: PlannedComplex['attributes'],
): PlannedComplex['attributes'] {
  return [...under.filter((one) => !own.some(({ name, ns }) => name === one.name && ns === one.ns)), ...own];
}

function timesOf(node: XmlNode): { min: number; max: number } {
  const [min, max] = [attributeOf(node, 'minOccurs') ?? '1', attributeOf(node, 'maxOccurs') ?? '1'];
  return { min: Number(min) || 0, max: max === 'unbounded' ? -1 : Number(max) || 0 };
}
