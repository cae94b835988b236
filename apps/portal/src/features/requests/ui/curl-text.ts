interface Called {
  readonly method: string;
  /** Path as called, without query. */
  readonly path: string;
  readonly stream: boolean;
}

/** A call to send again by hand. The key is a variable, as the log holds no secret; the body has to be put in. */
export function curlText(gatewayUrl: string, { method, path, stream }: Called): string {
  const hasBody = method === 'POST' || method === 'PUT' || method === 'PATCH';
  // curl sends GET by itself, and POST when it is given data.
  const implied = method === 'GET' || method === 'POST';
  return [
    ['curl', ...(stream ? ['-N'] : []), ...(implied ? [] : ['-X', method]), quoted(gatewayUrl + path)].join(' '),
    '-H "Authorization: Bearer $PARLEY_API_KEY"',
    ...(hasBody ? ["-H 'content-type: application/json'", "--data '{}'"] : []),
  ].join(' \\\n  ');
}

/** A word that no shell takes apart. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
