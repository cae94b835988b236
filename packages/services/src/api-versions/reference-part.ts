/** A JSON object of an OpenAPI document. */
export type Json = Record<string, unknown>;

/** What one kind of API adds to the document. */
export interface ReferencePart {
  readonly paths: Json;
  readonly schemas?: Json;
  readonly tags?: readonly Json[];
  /** Further parts of `components`: parameters, responses and the like. */
  readonly components?: Json;
}
