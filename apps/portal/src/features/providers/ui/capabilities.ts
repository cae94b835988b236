/** What a model can do, in words; the values are those the services know. */
export const CAPABILITIES = [
  { value: 'chat', label: 'Chat' },
  { value: 'tools', label: 'Call tools' },
  { value: 'json_schema', label: 'Answer by JSON schema' },
  { value: 'vision', label: 'Read images' },
  { value: 'reasoning', label: 'Reason first' },
  { value: 'embeddings', label: 'Embed texts' },
  { value: 'prompt_caching', label: 'Cache prompts' },
  { value: 'pdf_input', label: 'Read PDFs' },
  { value: 'audio_input', label: 'Listen' },
  { value: 'video_input', label: 'Watch videos' },
  { value: 'audio_output', label: 'Speak' },
  { value: 'image_output', label: 'Draw' },
  { value: 'web_search', label: 'Search the web' },
  { value: 'rerank', label: 'Rank documents' },
  { value: 'moderation', label: 'Moderate' },
] as const;
export type Capability = (typeof CAPABILITIES)[number]['value'];

export function capabilityLabel(value: string): string {
  return CAPABILITIES.find((one) => one.value === value)?.label ?? value;
}
