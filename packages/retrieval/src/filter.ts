/** Names and values given to documents. */
export type Metadata = Readonly<Record<string, string>>;
/** What a document must be to be found: of each name one of the values. */
export type Filter = Readonly<Record<string, string | readonly string[]>>;

/** Whether a document is what a filter asks for. A name the document does not have fits nothing. */
export function fits(metadata: Metadata, filter: Filter): boolean {
  return Object.entries(filter).every(([name, wanted]) => {
    const value = Object.hasOwn(metadata, name) ? metadata[name] : undefined;
    return value !== undefined && (typeof wanted === 'string' ? value === wanted : wanted.includes(value));
  });
}
