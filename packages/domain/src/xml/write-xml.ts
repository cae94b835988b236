import { escapeAttribute, escapeContent, isWritable } from './escape.ts';
import { ATTRIBUTE, TEXT, XML_LIMITS, XmlFault } from './xml-value.ts';

/** Name of XML 1.0 (§2.3), colons included. */
const NAME =
  /^[:A-Z_a-z\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{2FF}\u{370}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}][-.\d:A-Z_a-z\u{B7}\u{C0}-\u{D6}\u{D8}-\u{F6}\u{F8}-\u{37D}\u{37F}-\u{1FFF}\u{200C}-\u{200D}\u{203F}-\u{2040}\u{2070}-\u{218F}\u{2C00}-\u{2FEF}\u{3001}-\u{D7FF}\u{F900}-\u{FDCF}\u{FDF0}-\u{FFFD}\u{10000}-\u{EFFFF}]*$/u;
function writable(text: string): string {
  if (!isWritable(text)) throw new XmlFault('A text holds a character that XML does not allow.');
  return text;
}

const inText = (text: string): string => escapeContent(writable(text));
const inAttribute = (text: string): string => escapeAttribute(writable(text));

function plain(value: unknown, name: string): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'number':
    case 'boolean':
      return String(value);
    default:
      if (value === null) return '';
      throw new XmlFault(`“${name}” has to be a text, a number, or true or false.`);
  }
}

function checked(name: string): string {
  if (!NAME.test(name)) throw new XmlFault(`“${name.slice(0, 60)}” is no name of XML.`);
  return name;
}

class Writer {
  #text = '<?xml version="1.0" encoding="UTF-8"?>';
  #elements = 0;
  readonly #maxCharacters: number;

  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters;
  }

  get text(): string {
    return this.#text;
  }

  element(name: string, value: unknown, depth: number): void {
    if (depth > XML_LIMITS.depth) throw new XmlFault(`XML would be nested deeper than ${XML_LIMITS.depth} levels.`);
    if (++this.#elements > XML_LIMITS.elements)
      throw new XmlFault(`XML would have more than ${XML_LIMITS.elements} elements.`);
    checked(name);
    if (Array.isArray(value)) throw new XmlFault(`“${name}” is a list within a list, which XML has not.`);
    if (typeof value !== 'object' || value === null) return this.#close(name, '', inText(plain(value, name)));
    let attributes = '';
    const inner: (readonly [string, unknown])[] = [];
    for (const [member, one] of Object.entries(value)) {
      if (one === undefined) continue;
      if (!member.startsWith(ATTRIBUTE)) inner.push([member, one]);
      else attributes += ` ${checked(member.slice(1))}="${inAttribute(plain(one, member))}"`;
    }
    if (inner.length === 0) return this.#close(name, attributes, '');
    this.#add(`<${name}${attributes}>`);
    for (const [member, one] of inner) {
      if (member === TEXT) this.#add(inText(plain(one, member)));
      else for (const item of Array.isArray(one) ? (one as unknown[]) : [one]) this.element(member, item, depth + 1);
    }
    this.#add(`</${name}>`);
  }

  #close(name: string, attributes: string, text: string): void {
    this.#add(text === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${text}</${name}>`);
  }

  #add(text: string): void {
    this.#text += text;
    if (this.#text.length > this.#maxCharacters) throw new XmlFault('The document would be too large.');
  }
}

/**
 * Writes an object with one member, the root, as a document in the form that `readXml` reads. `null` is an empty element.
 * Throws {@link XmlFault} for names and characters XML has not, lists within lists, and what is beyond the bounds.
 */
export function writeXml(value: unknown, maxCharacters: number): string {
  const roots = typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
  const [root] = roots;
  if (roots.length !== 1 || root === undefined || Array.isArray(root[1])) {
    throw new XmlFault('XML has one root: the body has to be an object with one member that is no list.');
  }
  const writer = new Writer(maxCharacters);
  writer.element(root[0], root[1], 1);
  return writer.text;
}
