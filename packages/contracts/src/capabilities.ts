/** What a model can do, as far as routing, checks and the catalogue care. */
export const CAPABILITIES = [
  'chat',
  'tools',
  'json_schema',
  'vision',
  'reasoning',
  'embeddings',
  'prompt_caching',
  'pdf_input',
  'audio_input',
  'video_input',
  'audio_output',
  'image_output',
  'web_search',
  'rerank',
  'moderation',
] as const;
export type Capability = (typeof CAPABILITIES)[number];
