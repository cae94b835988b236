import { FEATURES, type Feature } from './features.ts';
import type { Outcome } from './outcome.ts';

/** Outcomes of one client, by feature and format. */
export interface Table {
  readonly client: string;
  readonly rows: ReadonlyMap<Feature, readonly Outcome[]>;
}

const NOTE = `The gateway's own tests write this page: client libraries, unmodified but for base URL and key, against a provider of
every format, played by the simulator. \`UPDATE_MODEL_MATRIX=1 npm test -- unit gateway/test/matrix\` writes it anew.

- **ok**: the result is what the feature promises, and nothing was dropped.
- **refused**: HTTP 400 \`unsupported_parameter\` that names the field, because the provider's protocol has nothing like it and
  the answer would be another one without it.
- **dropped**: the answer is given; header \`x-parley-dropped\` names the fields the provider was not told.
- **no word for it**: the client library cannot ask for it, or says it in no way of its own.

What to know: \`@ai-sdk/openai\` is told \`store: false\`, because the gateway keeps no responses. Marks for prompt caches are
advice: providers that cache by themselves, or not at all, are not told of them, and nothing is dropped. A cut stream ends
in the client's protocol with an error; \`@ai-sdk/openai\` chat tells it as a finish reason that is no success, and LangChain's
\`ChatGoogleGenerativeAI\`, which reads no errors within streams, as an answer without a finish reason. The AI SDK and
LangChain are asked for what they have words for, not for everything their providers can be told.`;

/** A Markdown table. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function clientSection({ client, rows }: Table, formats: readonly string[]): string {
  const lines = Object.entries(FEATURES).map(([feature, words]) => {
    const outcomes = rows.get(feature as Feature);
    return [words, ...(outcomes ?? formats.map(() => 'no word for it'))];
  });
  return `## ${client}\n\n${markdownTable(['', ...formats], lines)}`;
}

/** The whole page. */
export function modelMatrix(tables: readonly Table[], formats: readonly string[], faults: string): string {
  const parts = ['# Clients, models and faults', NOTE, ...tables.map((table) => clientSection(table, formats)), faults];
  return `${parts.join('\n\n')}\n`;
}

const FAULTS_NOTE = `Each fault, by client protocol, for a provider of the same protocol and for another maker's: the same for both
unless two outcomes are told. Never a success; each call is recorded with the same status and code, and what a broken stream
had already said is counted. Time-outs are those of the provider's settings. A provider's 401 is never told as the caller's.`;

/** The part of the page about providers that misbehave. */
export function faultSection(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return `## Faults of providers\n\n${FAULTS_NOTE}\n\n${markdownTable(head, rows)}`;
}
