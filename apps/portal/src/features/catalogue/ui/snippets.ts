import { addressOf, bodyOf, type Call, headersOf } from './call.ts';

export interface Snippet {
  readonly label: string;
  /** With the key hidden but for its ends. */
  readonly code: string;
  /** With the key, as it runs when pasted. */
  readonly copy: string;
}

interface Given {
  readonly kind: 'rest' | 'prompt' | 'llm';
  readonly baseUrl: string;
  readonly call: Call;
  /** The reader's key, or empty: then its place is named. */
  readonly key: string;
}

/** The call as programs that run when pasted, once the key is in its place. */
export function snippetsOf(given: Given): Snippet[] {
  const shown = {
    ...given,
    key: given.key.length > 20 ? `${given.key.slice(0, 12)}…${given.key.slice(-4)}` : given.key,
  };
  const programs = given.kind === 'llm' ? OPENAI_PROGRAMS : PROGRAMS;
  return programs.map(({ label, write }) => ({ label, code: write(shown), copy: write(given) }));
}

interface Program {
  readonly label: string;
  readonly write: (given: Given) => string;
}

const PROGRAMS: readonly Program[] = [
  { label: 'curl', write: curl },
  { label: 'TypeScript', write: fetchTypescript },
  { label: 'Python', write: requestsPython },
];

const OPENAI_PROGRAMS: readonly Program[] = [
  { label: 'curl', write: curl },
  { label: 'TypeScript (OpenAI SDK)', write: openaiTypescript },
  { label: 'Python (OpenAI SDK)', write: openaiPython },
];

const PLACE = 'YOUR_API_KEY';

function curl({ baseUrl, call, key }: Given): string {
  const body = bodyOf(call);
  const { method } = call.operation;
  const lines = [
    `curl ${call.stream ? '-N ' : ''}${method === 'GET' || (method === 'POST' && body !== null) ? '' : `-X ${method} `}${shell(addressOf(baseUrl, call))}`,
    '-H "Authorization: Bearer $PARLEY_API_KEY"',
    ...Object.entries(headersOf(call)).map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(body === null ? [] : [`--data ${shell(compact(body))}`]),
  ];
  return `export PARLEY_API_KEY=${shell(key || PLACE)}\n\n${lines.join(' \\\n  ')}\n`;
}

function fetchTypescript({ baseUrl, call, key }: Given): string {
  const body = bodyOf(call);
  const headers = Object.entries(headersOf(call)).map(([name, value]) => `    ${text(name)}: ${text(value)},\n`);
  const read = call.stream
    ? `for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {\n  process.stdout.write(chunk);\n}\n`
    : 'console.log(await response.text());\n';
  return (
    `// npx tsx call.ts\nconst key = process.env.PARLEY_API_KEY ?? ${text(key || PLACE)};\n\n` +
    `const response = await fetch(${text(addressOf(baseUrl, call))}, {\n  method: ${text(call.operation.method)},\n` +
    `  headers: {\n    authorization: \`Bearer \${key}\`,\n${headers.join('')}  },\n` +
    `${body === null ? '' : `  body: ${stringified(body)},\n`}});\n` +
    `if (!response.ok) throw new Error(\`\${response.status}: \${await response.text()}\`);\n${read}`
  );
}

function requestsPython({ baseUrl, call, key }: Given): string {
  const body = bodyOf(call);
  const headers = Object.entries(headersOf(call)).map(([name, value]) => `        ${text(name)}: ${text(value)},\n`);
  const read = call.stream
    ? 'for chunk in response.iter_content(chunk_size=None, decode_unicode=True):\n    print(chunk, end="", flush=True)\n'
    : 'print(response.text)\n';
  return (
    `# pip install requests\nimport os\nimport requests\n\n` +
    `key = os.environ.get("PARLEY_API_KEY", ${text(key || PLACE)})\n\n` +
    `response = requests.request(\n    ${text(call.operation.method)},\n    ${text(addressOf(baseUrl, call))},\n` +
    `    headers={\n        "authorization": f"Bearer {key}",\n${headers.join('')}    },\n` +
    `${body === null ? '' : `    data=${text(compact(body))}.encode(),\n`}${call.stream ? '    stream=True,\n' : ''})\n` +
    `response.raise_for_status()\n${read}`
  );
}

function openaiTypescript({ baseUrl, call, key }: Given): string {
  const open =
    `// npm install openai && npx tsx chat.ts\nimport OpenAI from 'openai';\n\nconst client = new OpenAI({\n` +
    `  baseURL: ${text(baseUrl)},\n  apiKey: process.env.PARLEY_API_KEY ?? ${text(key || PLACE)},\n});\n\n`;
  if (call.operation.method === 'GET') {
    return `${open}for await (const model of client.models.list()) console.log(model.id);\n`;
  }
  const create = `client.chat.completions.create(${indent(compact(bodyOf(call) ?? '{}', 2))})`;
  if (!call.stream)
    return `${open}const completion = await ${create};\nconsole.log(completion.choices[0]?.message.content);\n`;
  return `${open}const stream = await ${create};\nfor await (const chunk of stream) {\n  process.stdout.write(chunk.choices[0]?.delta?.content ?? '');\n}\n`;
}

function openaiPython({ baseUrl, call, key }: Given): string {
  const open =
    `# pip install openai\nimport json\nimport os\nfrom openai import OpenAI\n\nclient = OpenAI(\n` +
    `    base_url=${text(baseUrl)},\n    api_key=os.environ.get("PARLEY_API_KEY", ${text(key || PLACE)}),\n)\n\n`;
  if (call.operation.method === 'GET')
    return `${open.replace('import json\n', '')}for model in client.models.list():\n    print(model.id)\n`;
  const create = `client.chat.completions.create(**json.loads(${text(compact(bodyOf(call) ?? '{}'))}))`;
  if (!call.stream) return `${open}completion = ${create}\nprint(completion.choices[0].message.content)\n`;
  return `${open}for chunk in ${create}:\n    if chunk.choices:\n        print(chunk.choices[0].delta.content or "", end="", flush=True)\n`;
}

/** A word of a POSIX shell that stands for exactly this text. */
function shell(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
}

/** A text literal that TypeScript and Python read alike. */
function text(value: string): string {
  return JSON.stringify(value);
}

function stringified(body: string): string {
  const parsed = compact(body, 2);
  return isJson(body) ? `JSON.stringify(${indent(parsed)})` : text(body);
}

function compact(body: string, space?: number): string {
  return isJson(body) ? JSON.stringify(JSON.parse(body), null, space) : body;
}

function isJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

function indent(code: string): string {
  return code.replaceAll('\n', '\n  ').replace(/\n {2}([}\]])$/, '\n$1');
}
