/** What a model can do, in words; the values are those the services know. */
export const CAPABILITIES = [
  { value: 'chat', label: 'Chat' },
  { value: 'tools', label: 'Call tools' },
  { value: 'json_schema', label: 'Answer by JSON schema' },
  { value: 'vision', label: 'Read images' },
  { value: 'reasoning', label: 'Reason first' },
  { value: 'embeddings', label: 'Embed texts' },
] as const;
export type Capability = (typeof CAPABILITIES)[number]['value'];

export function capabilityLabel(value: string): string {
  return CAPABILITIES.find((one) => one.value === value)?.label ?? value;
}
