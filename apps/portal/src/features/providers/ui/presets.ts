/** A kind of provider one can start from: everything can be changed afterwards. */
export interface Preset {
  readonly id: string;
  readonly name: string;
  readonly baseUrl: string;
  readonly about: string;
  /** What its keys look like; `null` for servers that ask for none. */
  readonly key: string | null;
}

export const PRESETS: readonly Preset[] = [
  { id: 'openai', name: 'OpenAI', baseUrl: 'https://api.openai.com/v1', about: 'GPT models', key: 'sk-…' },
  {
    id: 'openrouter',
    name: 'OpenRouter',
    baseUrl: 'https://openrouter.ai/api/v1',
    about: 'Hundreds of models of many makers',
    key: 'sk-or-…',
  },
  { id: 'groq', name: 'Groq', baseUrl: 'https://api.groq.com/openai/v1', about: 'Open models, fast', key: 'gsk_…' },
  { id: 'together', name: 'Together AI', baseUrl: 'https://api.together.xyz/v1', about: 'Open models', key: 'tgp_…' },
  {
    id: 'ollama',
    name: 'Ollama',
    baseUrl: 'http://localhost:11434/v1',
    about: 'Models on your own machine',
    key: null,
  },
  { id: 'vllm', name: 'vLLM', baseUrl: 'http://localhost:8000/v1', about: 'Your own inference server', key: null },
  {
    id: 'simulator',
    name: 'Parley simulator',
    baseUrl: 'http://127.0.0.1:8081/v1',
    about: 'No real model and no cost: for trying Parley out',
    key: 'sim-…',
  },
  {
    id: 'other',
    name: 'Another server',
    baseUrl: '',
    about: 'Anything that speaks OpenAI’s chat completions',
    key: 'its key',
  },
];
