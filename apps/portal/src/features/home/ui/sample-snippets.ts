interface Sample {
  readonly method: string;
  readonly url: string;
  /** JSON text. */
  readonly body: string | null;
}

const PLACE = 'YOUR_API_KEY';

/** The first call as it runs when pasted, once the key is in its place. */
export function sampleSnippets(
  { method, url, body }: Sample,
  secret: string | null,
): { label: string; code: string }[] {
  const key = secret ?? PLACE;
  const implied = method === 'GET' || (method === 'POST' && body !== null);
  const curl = [
    `curl ${implied ? '' : `-X ${method} `}${shellWord(url)}`,
    `-H 'Authorization: Bearer ${key}'`,
    ...(body === null ? [] : ["-H 'content-type: application/json'", `--data ${shellWord(body)}`]),
  ].join(' \\\n  ');
  const script = [
    `const response = await fetch(${JSON.stringify(url)}, {`,
    `  method: ${JSON.stringify(method)},`,
    `  headers: { authorization: 'Bearer ${key}'${body === null ? '' : ", 'content-type': 'application/json'"} },`,
    ...(body === null ? [] : [`  body: JSON.stringify(${body}),`]),
    '});',
    'console.log(response.status, await response.text());',
  ].join('\n');
  return [
    { label: 'curl', code: `${curl}\n` },
    { label: 'TypeScript', code: `${script}\n` },
  ];
}

/** A word that no shell takes apart. */
function shellWord(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
