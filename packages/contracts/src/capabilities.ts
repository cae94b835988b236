/** What a model can do, as far as routing, checks and the catalogue care. */
export const CAPABILITIES = ['chat', 'tools', 'json_schema', 'vision', 'reasoning', 'embeddings'] as const;
export type Capability = (typeof CAPABILITIES)[number];
