/** Words in front of a model's own name: folders of routers, clouds' makers and regions. */
const PREFIXES: readonly RegExp[] = [
  /^accounts\/[^/]+\/(models|routers)\//,
  /^@cf\//,
  /^[^/]+\//,
  /^(global|regional|us|eu|apac|jp|au|in|us-gov)\./,
  /^(anthropic|amazon|meta|mistral|cohere|deepseek|openai|google|qwen|nvidia|writer|ai21|moonshot|moonshotai|minimax|zai)\./,
  /^(zai-|nvidia-(?=nemotron))/,
];

/** Ways hosts spell the same weights. The order matters. */
const SPELLINGS: readonly (readonly [RegExp, string])[] = [
  [/[_.\s]/g, '-'],
  [/(\d)p(\d)/g, '$1-$2'],
  [/^meta-llama-/, 'llama-'],
  [/^llama-?v?(\d)/, 'llama-$1'],
  [/^qwen-?(\d)/, 'qwen$1'],
  [/^solar-pro-(\d)/, 'solar-pro$1'],
  [/^m2-her$/, 'minimax-m2-her'],
  [/^command-a-03-2025$/, 'command-a'],
  [/-v\d+:\d+$/, ''],
  [/^((?:claude|nova|palmyra)-.*)-v\d+$/, '$1'],
  [/:\d+$/, ''],
  [/-(fp8|nvfp4|bf16|awq|maas|hf)(-fast)?$/, ''],
  [/-instruct-(turbo|lite)$/, '-instruct'],
  [/^(llama-.*)-(chat|versatile|instant)$/, '$1'],
  [/^(gemma-.*)-it$/, '$1'],
  [/-instruct$/, ''],
  [/^(llama-4-.*)-17b(-(16|128)e)?$/, '$1'],
];

const DATES = /[-@](20\d{6}|20\d{2}-\d{2}-\d{2})$/;

/** A model's name without what providers put around it: `us.anthropic.claude-opus-4-1-20250805-v1:0` → `claude-opus-4-1-20250805`. */
export function bareName(name: string): string {
  let bare = name.toLowerCase().trim();
  for (const prefix of PREFIXES) bare = bare.replace(prefix, '');
  for (const [pattern, replacement] of SPELLINGS) bare = bare.replace(pattern, replacement);
  return bare.replace(/-latest$/, '');
}

/** The same without the day of its snapshot. */
export function undatedName(name: string): string {
  return bareName(bareName(name).replace(DATES, ''));
}
