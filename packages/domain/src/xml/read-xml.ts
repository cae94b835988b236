import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { ATTRIBUTE, TEXT, XML_LIMITS, type XmlElement, XmlFault } from './xml-value.ts';

interface Open {
  readonly name: string;
  readonly element: XmlElement;
  text: string;
  /** It has something besides text. */
  structured: boolean;
}

export interface ReadXmlOptions {
  /** Names of elements that are lists even when they come once. */
  readonly arrays?: readonly string[];
}

/** Objects without inherited members: an element may be called `__proto__` or `constructor`. */
const empty = (): XmlElement => Object.create(null) as XmlElement;

function put(parent: Open, name: string, value: string | XmlElement, list: boolean): void {
  const before = parent.element[name];
  if (Array.isArray(before)) before.push(value);
  else if (before === undefined) parent.element[name] = list ? [value] : value;
  else parent.element[name] = [before, value];
  parent.structured = true;
}

/** Spaces between elements say nothing; text that stands alone is kept as it is. */
function valueOf({ element, text, structured }: Open): string | XmlElement {
  if (!structured) return text;
  if (text.trim() !== '') element[TEXT] = text;
  return element;
}

/**
 * Reads a document (XML 1.0) into an object with one member, the root. No document type is taken: no entities but the five
 * of XML itself, nothing fetched. Throws {@link XmlFault} for what is not well-formed, or beyond `XML_LIMITS`.
 */
export function readXml(text: string, { arrays = [] }: ReadXmlOptions = {}): XmlElement {
  const lists = new Set(arrays);
  const document: Open = { name: '', element: empty(), text: '', structured: false };
  const open: Open[] = [document];
  let elements = 0;
  const parser = new SaxesParser({ xmlns: false, position: true });
  const write = (more: string): void => {
    const inner = open.at(-1);
    if (inner && inner !== document) inner.text += more;
  };
  parser.on('error', ({ message }) => {
    throw new XmlFault(`This is not well-formed XML: ${message.slice(0, 200)}`);
  });
  parser.on('doctype', () => {
    throw new XmlFault('XML with a document type (DOCTYPE) is not taken.');
  });
  parser.on('text', write);
  parser.on('cdata', write);
  parser.on('opentag', (tag: SaxesTagPlain) => {
    if (open.length > XML_LIMITS.depth) throw new XmlFault(`XML is nested deeper than ${XML_LIMITS.depth} levels.`);
    if (++elements > XML_LIMITS.elements) throw new XmlFault(`XML has more than ${XML_LIMITS.elements} elements.`);
    const entered: Open = { name: tag.name, element: empty(), text: '', structured: false };
    for (const [name, value] of Object.entries(tag.attributes)) {
      entered.element[`${ATTRIBUTE}${name}`] = value;
      entered.structured = true;
    }
    open.push(entered);
  });
  parser.on('closetag', () => {
    const left = open.pop();
    const parent = open.at(-1);
    if (left && parent) put(parent, left.name, valueOf(left), lists.has(left.name));
  });
  parser.write(text).close();
  return document.element;
}
