import type { RouterOutputs } from '@/trpc/root.ts';

export type ClientRequest = RouterOutputs['playground']['preview']['clients'][number];
export type ClientProtocol = ClientRequest['protocol'];

export interface Snippet {
  readonly label: string;
  /** With the key hidden but for its ends, and long media shortened. */
  readonly code: string;
  /** As it runs when pasted. */
  readonly copy: string;
}

interface Given {
  readonly request: ClientRequest;
  readonly model: string;
  readonly key: string;
}

type Json = Record<string, unknown>;
const PLACE = 'YOUR_API_KEY';

/**
 * A client's request as programs: curl, and the SDK that speaks its protocol. `whole` undoes what was shortened for the eye.
 */
export function snippetsOf(given: Given, whole: (code: string) => string): Snippet[] {
  const { key } = given;
  const hidden = key.length > 20 ? `${key.slice(0, 12)}…${key.slice(-4)}` : key;
  return [curl, PROGRAMS[given.request.protocol].typescript, PROGRAMS[given.request.protocol].python].map((write) => {
    const { label, code } = write({ ...given, key: hidden || PLACE });
    return { label, code, copy: whole(write({ ...given, key: key || PLACE }).code) };
  });
}

type Writer = (given: Given) => { readonly label: string; readonly code: string };

function curl({ request, key }: Given): ReturnType<Writer> {
  const { keyHeader, headers, url, body } = request;
  const lines = [
    `curl -N ${shell(url)}`,
    `-H ${shell(`${keyHeader.name}: ${keyHeader.prefix}${key}`)}`,
    ...headers.map(({ name, value }) => `-H ${shell(`${name}: ${value}`)}`),
    `-d ${shell(JSON.stringify(JSON.parse(body), null, 2))}`,
  ];
  return { label: 'curl', code: lines.join(' \\\n  ') };
}

const originOf = (request: ClientRequest): string => new URL(request.url).origin;
const bodyOf = (request: ClientRequest): Json => JSON.parse(request.body) as Json;

/** The body of `generateContent` as Google's SDKs take it: settings, tools and instructions are all `config` there. */
function googleArguments({ request, model }: Given): Json {
  const { contents, generationConfig, ...rest } = bodyOf(request);
  const config = { ...(generationConfig as object | undefined), ...rest };
  return { model, contents, ...(Object.keys(config).length > 0 ? { config } : {}) };
}

const typescript =
  (sdk: { install: string; import: string; client: (given: Given) => string; call: string; print: string }): Writer =>
  (given) => ({
    label: `TypeScript (${sdk.install})`,
    code:
      `// npm install ${sdk.install}\n${sdk.import}\n\nconst client = ${sdk.client(given)};\n\n` +
      `const stream = await client.${sdk.call}(${indented(argumentsOf(given), 0)});\n` +
      `for await (const event of stream) {\n  ${sdk.print}\n}\n`,
  });

const python =
  (sdk: { install: string; import: string; client: (given: Given) => string; call: string; print: string }): Writer =>
  (given) => ({
    label: `Python (${sdk.install})`,
    code:
      `# pip install ${sdk.install}\nimport os\n${sdk.import}\n\nclient = ${sdk.client(given)}\n\n` +
      `for event in client.${sdk.call}(\n${keywords(argumentsOf(given))}):\n    ${sdk.print}\n`,
  });

const argumentsOf = (given: Given): Json =>
  given.request.protocol === 'gemini' ? googleArguments(given) : bodyOf(given.request);

const jsKey = (key: string): string => `process.env.PARLEY_API_KEY ?? ${text(key)}`;
const pyKey = (key: string): string => `os.environ.get("PARLEY_API_KEY", ${text(key)})`;

const openaiJs = {
  install: 'openai',
  import: "import OpenAI from 'openai';",
  client: ({ request, key }: Given) =>
    `new OpenAI({\n  baseURL: ${text(`${originOf(request)}/v1`)},\n  apiKey: ${jsKey(key)},\n})`,
};
const openaiPy = {
  install: 'openai',
  import: 'from openai import OpenAI',
  client: ({ request, key }: Given) => `OpenAI(base_url=${text(`${originOf(request)}/v1`)}, api_key=${pyKey(key)})`,
};

const PROGRAMS: Readonly<Record<ClientProtocol, { readonly typescript: Writer; readonly python: Writer }>> = {
  openai_chat: {
    typescript: typescript({
      ...openaiJs,
      call: 'chat.completions.create',
      print: "process.stdout.write(event.choices[0]?.delta?.content ?? '');",
    }),
    python: python({
      ...openaiPy,
      call: 'chat.completions.create',
      print: 'print(event.choices[0].delta.content or "" if event.choices else "", end="", flush=True)',
    }),
  },
  openai_responses: {
    typescript: typescript({
      ...openaiJs,
      call: 'responses.create',
      print: "if (event.type === 'response.output_text.delta') process.stdout.write(event.delta);",
    }),
    python: python({
      ...openaiPy,
      call: 'responses.create',
      print: 'print(event.delta if event.type == "response.output_text.delta" else "", end="", flush=True)',
    }),
  },
  anthropic: {
    typescript: typescript({
      install: '@anthropic-ai/sdk',
      import: "import Anthropic from '@anthropic-ai/sdk';",
      client: ({ request, key }) =>
        `new Anthropic({\n  baseURL: ${text(originOf(request))},\n  apiKey: ${jsKey(key)},\n})`,
      call: 'messages.create',
      print:
        "if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') process.stdout.write(event.delta.text);",
    }),
    python: python({
      install: 'anthropic',
      import: 'import anthropic',
      client: ({ request, key }) => `anthropic.Anthropic(base_url=${text(originOf(request))}, api_key=${pyKey(key)})`,
      call: 'messages.create',
      print: 'print(getattr(getattr(event, "delta", None), "text", ""), end="", flush=True)',
    }),
  },
  gemini: {
    typescript: typescript({
      install: '@google/genai',
      import: "import { GoogleGenAI } from '@google/genai';",
      client: ({ request, key }) =>
        `new GoogleGenAI({\n  apiKey: ${jsKey(key)},\n  httpOptions: { baseUrl: ${text(originOf(request))} },\n})`,
      call: 'models.generateContentStream',
      print: "process.stdout.write(event.text ?? '');",
    }),
    python: python({
      install: 'google-genai',
      import: 'from google import genai',
      client: ({ request, key }) =>
        `genai.Client(\n    api_key=${pyKey(key)},\n    http_options={"base_url": ${text(originOf(request))}},\n)`,
      call: 'models.generate_content_stream',
      print: 'print(event.text or "", end="", flush=True)',
    }),
  },
};

/** A word of a POSIX shell that stands for exactly this text. */
function shell(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** A text literal that TypeScript and Python read alike. */
function text(value: string): string {
  return JSON.stringify(value);
}

const NAME = /^[A-Za-z_$][\w$]*$/;

/** A value as TypeScript writes it, names without quotes where they need none. */
function indented(value: unknown, depth: number): string {
  return literal(value, depth, { words: { true: 'true', false: 'false', null: 'null' }, quoteNames: false, step: 2 });
}

function keywords(given: Json): string {
  return Object.entries(given)
    .map(([name, value]) => `    ${name}=${pythonLiteral(value, 1)},\n`)
    .join('');
}

/** A JSON value as Python writes it. */
export function pythonLiteral(value: unknown, depth = 0): string {
  return literal(value, depth, { words: { true: 'True', false: 'False', null: 'None' }, quoteNames: true, step: 4 });
}

interface Form {
  readonly words: Readonly<Record<'true' | 'false' | 'null', string>>;
  readonly quoteNames: boolean;
  readonly step: number;
}

function literal(value: unknown, depth: number, form: Form): string {
  if (value === null || value === undefined) return form.words.null;
  if (typeof value === 'boolean') return form.words[value ? 'true' : 'false'];
  if (typeof value === 'string') return text(value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = ' '.repeat((depth + 1) * form.step);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const members = Array.isArray(value)
    ? value.map((one) => literal(one, depth + 1, form))
    : Object.entries(value).map(
        ([name, one]) => `${!form.quoteNames && NAME.test(name) ? name : text(name)}: ${literal(one, depth + 1, form)}`,
      );
  if (members.length === 0) return `${open}${close}`;
  const short = `${open} ${members.join(', ')} ${close}`;
  if (short.length + depth * form.step <= 80 && !short.includes('\n'))
    return Array.isArray(value) ? `[${members.join(', ')}]` : short;
  return `${open}\n${members.map((member) => `${inner}${member},\n`).join('')}${' '.repeat(depth * form.step)}${close}`;
}
