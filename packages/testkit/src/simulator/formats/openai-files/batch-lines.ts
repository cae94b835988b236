/** Reads the lines of a batch (OpenAI API reference, Batch, “The request input object”). */
export interface BatchLine {
  readonly custom_id: string;
  readonly body: object;
}

export interface LineError {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** From 1. */
  readonly line: number;
}

const MOST_LINES = 50_000;

function readLine(text: string, endpoint: string, seen: Set<string>): BatchLine | Omit<LineError, 'line'> {
  let read: Record<string, unknown>;
  try {
    read = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { code: 'invalid_json_line', message: 'This line is not parseable as valid JSON.', param: null };
  }
  const { custom_id, method, url, body } = read;
  if (typeof custom_id !== 'string') {
    return {
      code: 'missing_required_parameter',
      message: "Missing required parameter: 'custom_id'.",
      param: 'custom_id',
    };
  }
  if (seen.has(custom_id)) {
    return {
      code: 'duplicate_custom_id',
      message: 'The custom_id for this request is a duplicate of another request.',
      param: 'custom_id',
    };
  }
  seen.add(custom_id);
  if (method !== 'POST') return { code: 'invalid_method', message: "The method must be 'POST'.", param: 'method' };
  if (url !== endpoint) {
    return {
      code: 'mismatched_url',
      message: `The URL must be the endpoint of the batch, '${endpoint}'.`,
      param: 'url',
    };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { code: 'missing_required_parameter', message: "Missing required parameter: 'body'.", param: 'body' };
  }
  if ((body as { stream?: unknown }).stream === true) {
    return { code: 'invalid_request', message: 'Streaming is not supported in batches.', param: 'body.stream' };
  }
  return { custom_id, body };
}

/** The lines, or everything that is wrong with them. */
export function readLines(content: string, endpoint: string): { lines: BatchLine[]; errors: LineError[] } {
  const lines: BatchLine[] = [];
  const errors: LineError[] = [];
  const seen = new Set<string>();
  const texts = content.split('\n').map((text) => text.trim());
  for (const [at, text] of texts.entries()) {
    if (text === '') continue;
    const read = readLine(text, endpoint, seen);
    if ('code' in read) errors.push({ ...read, line: at + 1 });
    else lines.push(read);
  }
  if (lines.length === 0 && errors.length === 0) {
    errors.push({ code: 'empty_file', message: 'The input file is empty.', param: null, line: 0 });
  }
  if (lines.length > MOST_LINES) {
    errors.push({
      code: 'too_many_tasks',
      message: 'At most 50,000 requests can be in a batch.',
      param: null,
      line: 0,
    });
  }
  return { lines, errors };
}
