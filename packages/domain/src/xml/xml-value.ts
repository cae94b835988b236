/**
 * XML as JSON has it. An element with text alone is that text. Any other is an object: `@name` for attributes, `#text` for
 * text beside them, and a member for each element inside, an array where one comes several times. Nothing is guessed:
 * numbers stay texts. Prefixes stay as written; comments and processing instructions are left out.
 */
export type XmlValue = string | XmlElement | (string | XmlElement)[];
export interface XmlElement {
  [name: string]: XmlValue;
}

export const ATTRIBUTE = '@';
export const TEXT = '#text';

/** Bounds of a document, read or written. */
export const XML_LIMITS = { depth: 100, elements: 100_000 } as const;

/** A document that cannot be read or written; the message is for whoever sent or mapped it. */
export class XmlFault extends Error {}
