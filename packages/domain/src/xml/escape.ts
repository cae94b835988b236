/** Characters XML cannot hold, not even escaped (XML 1.0 §2.2). */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/** Whether XML can hold this text at all. */
export function isWritable(text: string): boolean {
  return !FORBIDDEN.test(text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

/** Text as the content of an element. */
export function escapeContent(text: string): string {
  return text.replaceAll(/[&<>\r]/g, (found) => ESCAPES[found] ?? found);
}

/** Text as the value of an attribute in double quotes. */
export function escapeAttribute(text: string): string {
  return text.replaceAll(/[&<>"\t\n\r]/g, (found) => ESCAPES[found] ?? found);
}
