import { isUtf8 } from 'node:buffer';
import { newId } from '@parley/kernel/id';
import { type Form, readForm } from '@parley/llm/operations/multipart';
import type { Exchange } from '../exchange.ts';
import type { Ports } from '../ports/ports.ts';
import { Refusal, refusal } from '../refusals.ts';
import { replyWith } from '../stages/reply.ts';
import { collectBody } from '../wire/body.ts';
import { unmeasured } from '../wire/limit-members.ts';
import { fileRules, placeOf } from './batch-rules.ts';
import { type FileFacts, MAX_KEPT_BYTES } from './file.ts';
import { FileWriter } from './file-content.ts';
import { fileObject } from './file-object.ts';

const MIB = 1024 * 1024;
const DAY_MS = 86_400_000;
/** What a form has beside its file. */
const FORM_BYTES = 64 * 1024;
const LEAST_SECONDS = 3600;
/** Bytes of uploads that one node holds in memory at the same time. */
const MAX_UPLOADING = 256 * MIB;
let uploading = 0;

function wrong(param: string, message: string): Refusal {
  return refusal('invalid_parameter', { param, message });
}

/** How long its sender wants a file kept, never longer than `keepMs`. */
function keptFor({ fields }: Form, keepMs: number): number | Refusal {
  const anchor = fields['expires_after[anchor]'];
  const given = fields['expires_after[seconds]'];
  if (anchor === undefined && given === undefined) return keepMs;
  const asked = Number(given);
  if (anchor !== 'created_at' || !Number.isInteger(asked) || asked < LEAST_SECONDS) {
    return wrong('expires_after', `It takes the anchor \`created_at\` and at least ${LEAST_SECONDS} seconds.`);
  }
  return Math.min(asked * 1000, keepMs);
}

/** Keeps an uploaded file (`POST /v1/files`): the lines of a batch, sealed, for its application alone. */
export async function takeFile(exchange: Exchange, ports: Ports): Promise<Refusal | null> {
  const place = placeOf(exchange);
  if (place instanceof Refusal) return place;
  const rules = await fileRules(place, ports);
  if (rules instanceof Refusal) return rules;
  const most = rules.maxMegabytes * MIB + FORM_BYTES;
  const announced = exchange.contentLength === -1 ? most : Math.min(exchange.contentLength, most);
  if (uploading + announced > MAX_UPLOADING) return refusal('overloaded', { retryAfterSeconds: 5 });
  uploading += announced;
  try {
    const body = await collectBody(exchange, most);
    return body instanceof Refusal ? body : await keep(exchange, ports, { body, keepMs: rules.keepDays * DAY_MS });
  } finally {
    uploading -= announced;
  }
}

async function keep(
  exchange: Exchange,
  ports: Ports,
  { body, keepMs }: { readonly body: Buffer; readonly keepMs: number },
): Promise<Refusal | null> {
  const form = readForm(body, exchange.contentType);
  if (form === null) {
    return refusal('unsupported_media_type', {
      message: 'The body must be a form (`multipart/form-data`) with a file.',
    });
  }
  const { purpose } = form.fields;
  const file = form.file('file');
  if (purpose !== 'batch') return wrong('purpose', 'Files are kept for batches only: `purpose` must be `batch`.');
  if (file === null) return wrong('file', 'The form has no file named `file`.');
  if (!isUtf8(file.bytes)) return wrong('file', 'The file must be JSON lines in UTF-8.');
  const lastMs = keptFor(form, keepMs);
  if (lastMs instanceof Refusal) return lastMs;
  const facts = await store(exchange, ports, { bytes: file.bytes, name: file.name, lastMs });
  if (facts instanceof Refusal || exchange.settled) return facts instanceof Refusal ? facts : null;
  replyWith(exchange, ports, { status: 200, headers: [], json: JSON.stringify(fileObject(facts)) });
  return null;
}

/** Keeps bytes as a file of the caller; refuses where its application has no more room. */
export async function store(
  exchange: Exchange,
  ports: Ports,
  given: Pick<FileFacts, 'name'> & { readonly bytes: Buffer; readonly lastMs: number; readonly hidden?: boolean },
): Promise<FileFacts | Refusal> {
  const { caller, subject } = exchange;
  if (caller === null) return refusal('internal');
  const applicationId = caller.application.id;
  const id = newId();
  const writer = new FileWriter(ports.batches, { id, applicationId, mostBytes: MAX_KEPT_BYTES });
  if (!((await writer.write(given.bytes)) && (await writer.end()))) {
    const message = 'What is kept of your application’s files and batches has no more room: delete some.';
    return refusal('too_many_jobs', { message, limit: unmeasured('application', 'files-bytes') });
  }
  const createdAtMs = ports.clock.nowMs();
  const facts: FileFacts = {
    id,
    applicationId,
    subject: subject === caller.key.id ? '' : subject,
    name: given.name.slice(0, 200),
    purpose: given.hidden ? 'batch_calls' : 'batch',
    bytes: writer.bytes,
    parts: writer.parts,
    createdAtMs,
    expiresAtMs: createdAtMs + given.lastMs,
  };
  await ports.batches.files.finish(facts);
  return facts;
}
