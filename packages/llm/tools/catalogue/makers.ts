export interface Maker {
  readonly id: string;
  readonly name: string;
  /** Providers of our table where it sells its own models. */
  readonly own: readonly string[];
  /** Its folder at OpenRouter. */
  readonly router: readonly string[];
  /** Names of its models that are not worth a line: withdrawn long ago, fine-tuning bases, duplicates. */
  readonly leaveOut?: RegExp;
}

export const MAKERS: readonly Maker[] = [
  { id: 'ai21', name: 'AI21 Labs', own: [], router: ['ai21'], leaveOut: /^jamba$|1-5|1-6/ },
  {
    id: 'alibaba',
    name: 'Alibaba (Qwen)',
    own: ['alibaba'],
    router: ['qwen'],
    leaveOut:
      /^qwen-?(2|1)|qwen2-5|^qwen-(max|turbo|vl)|preview|thinking$|-mt-|livetranslate|deep-research|ocr|math|^qvq|^qwq|asr|tongyi|^(deepseek|kimi|glm|minimax|siliconflow)|character|^wan|realtime|omni-turbo|^qwen3-vl-8b|20\d{2}-/,
  },
  { id: 'allenai', name: 'Ai2', own: [], router: ['allenai'], leaveOut: /molmo-7b/ },
  { id: 'amazon', name: 'Amazon', own: [], router: ['amazon'] },
  {
    id: 'anthropic',
    name: 'Anthropic',
    own: ['anthropic'],
    router: ['anthropic'],
    leaveOut: /^claude-(2|v1|instant|3-opus|3-sonnet)|fast$|mythos/,
  },
  { id: 'arcee', name: 'Arcee AI', own: [], router: ['arcee-ai'], leaveOut: /^(coder|virtuoso|maestro|spotlight)/ },
  { id: 'baidu', name: 'Baidu', own: [], router: ['baidu'] },
  { id: 'bytedance', name: 'ByteDance', own: [], router: ['bytedance-seed', 'bytedance'] },
  {
    id: 'cohere',
    name: 'Cohere',
    own: ['cohere'],
    router: ['cohere'],
    leaveOut: /^command$|^command-(light|nightly)|^c4ai-aya-expanse-8b/,
  },
  {
    id: 'deepseek',
    name: 'DeepSeek',
    own: ['deepseek'],
    router: ['deepseek'],
    leaveOut: /distill|base|zero|prover|qwen3|coder|chimera|exp$/,
  },
  {
    id: 'google',
    name: 'Google',
    own: ['gemini'],
    router: ['google'],
    leaveOut:
      /^gemini-(1|pro|flash-1|2-0|2-5-(flash|pro)-preview-0|2-5-pro-exp)|^palm|learnlm|^gemma-(2|3$|3n$|7b)|^claude|aqa|deep-research|^veo|lyria|customtools|computer-use|^gemini-(flash|pro)(-lite)?$|gemma-3$|^gemma2|-exp|preview-05|imagen-3|flash-thinking/,
  },
  { id: 'ibm', name: 'IBM', own: [], router: ['ibm-granite'] },
  { id: 'inception', name: 'Inception', own: ['inception'], router: ['inception'], leaveOut: /small-beta/ },
  { id: 'inclusionai', name: 'inclusionAI', own: [], router: ['inclusionai'] },
  { id: 'liquid', name: 'Liquid AI', own: [], router: ['liquid'], leaveOut: /^lfm-(3b|40b|7b)/ },
  {
    id: 'meta',
    name: 'Meta',
    own: ['meta'],
    router: ['meta-llama'],
    leaveOut: /contributor|^llama-(2|3-(8b|70b)|guard-[23])|^(cerebras|groq)/,
  },
  { id: 'microsoft', name: 'Microsoft', own: [], router: ['microsoft'], leaveOut: /wizardlm|phi-3/ },
  { id: 'minimax', name: 'MiniMax', own: ['minimax'], router: ['minimax'] },
  {
    id: 'mistral',
    name: 'Mistral AI',
    own: ['mistral'],
    router: ['mistralai'],
    leaveOut:
      /^mistral-(tiny|7b|medium-2312|ocr-250)|^open-|mixtral|mamba|pixtral-12b|codestral-2501|^mistral-small-(2402|2409)|saba/,
  },
  {
    id: 'moonshotai',
    name: 'Moonshot AI',
    own: ['moonshotai'],
    router: ['moonshotai'],
    leaveOut: /-vl-|moonlight|dev-72b|kimi-latest|^moonshot-v1-(8|32)k|vision-preview|for-coding|thinking-preview/,
  },
  {
    id: 'nousresearch',
    name: 'Nous Research',
    own: [],
    router: ['nousresearch'],
    leaveOut: /nous-hermes|hermes-2|deephermes/,
  },
  { id: 'nvidia', name: 'NVIDIA', own: [], router: ['nvidia'], leaveOut: /llama-3-1|nano-12b/ },
  {
    id: 'openai',
    name: 'OpenAI',
    own: ['openai'],
    router: ['openai'],
    leaveOut:
      /^(ada|babbage|curie|davinci|text-davinci|chatgpt|codex-mini|computer-use|ft:|o1-(mini|preview)|moderation$)|^gpt-3-5-(0301|turbo-)|^gpt-4-(32k|vision|0|1|5)|extended|\.ft-|preview$|^gpt-4-1106|chat-latest|^gpt-(latest|chat)$|dall-e|-ft-$/,
  },
  {
    id: 'perplexity',
    name: 'Perplexity',
    own: ['perplexity'],
    router: ['perplexity'],
    leaveOut: /^llama|r1-1776|^(openai|anthropic|google|xai)/,
  },
  { id: 'rekaai', name: 'Reka', own: [], router: ['rekaai'] },
  { id: 'stepfun', name: 'StepFun', own: [], router: ['stepfun'] },
  { id: 'tencent', name: 'Tencent', own: [], router: ['tencent'] },
  { id: 'thinkingmachines', name: 'Thinking Machines', own: [], router: ['thinkingmachines'] },
  { id: 'upstage', name: 'Upstage', own: ['upstage'], router: ['upstage'], leaveOut: /mini|pro2/ },
  {
    id: 'voyage',
    name: 'Voyage AI',
    own: ['voyage'],
    router: [],
    leaveOut: /^voyage-(01|02|2$|lite|large-2|code-2$|3$|3-lite)/,
  },
  { id: 'writer', name: 'Writer', own: [], router: ['writer'] },
  { id: 'xai', name: 'xAI', own: ['xai'], router: ['x-ai'], leaveOut: /^grok-(2|3|beta|vision)|1212|video/ },
  { id: 'xiaomi', name: 'Xiaomi', own: [], router: ['xiaomi'] },
  {
    id: 'zai',
    name: 'Z.ai (Zhipu)',
    own: ['zai', 'zhipuai'],
    router: ['z-ai', 'thudm'],
    leaveOut: /^glm-(4-32b|z1|4$)|^(charglm|chatglm|cogview|embedding)/,
  },
];
