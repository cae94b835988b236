/**
 * Models that cannot be held to a schema are made to call a tool of that schema; readers turn the call back into the answer's
 * text. The name is ours, so that a reader needs no memory of the request.
 */
export const OUTPUT_TOOL = 'parley_structured_answer';
