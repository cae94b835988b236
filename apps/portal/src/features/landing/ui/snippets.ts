import type { Snippet } from '@parley/ui/code-block';

/** How a published prompt is called, three ways. */
export const ENDPOINT_SNIPPETS: readonly Snippet[] = [
  {
    label: 'curl',
    code: `curl https://gateway.example.com/acme/summarise/v1 \\
  -H "Authorization: Bearer $PARLEY_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"text": "…", "sentences": 2}'`,
  },
  {
    label: 'TypeScript',
    code: `import OpenAI from 'openai';

const client = new OpenAI({
  baseURL: 'https://gateway.example.com/v1',
  apiKey: process.env.PARLEY_KEY,
});

const answer = await client.chat.completions.create({
  model: 'acme/fast',
  messages: [{ role: 'user', content: 'Hello' }],
});`,
  },
  {
    label: 'Python',
    code: `from openai import OpenAI

client = OpenAI(
    base_url="https://gateway.example.com/v1",
    api_key=os.environ["PARLEY_KEY"],
)

answer = client.chat.completions.create(
    model="acme/fast",
    messages=[{"role": "user", "content": "Hello"}],
)`,
  },
];
