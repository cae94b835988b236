import type { IncomingMessage, ServerResponse } from 'node:http';
import { BACKGROUND_JOBS_PATH, backgroundJobsRequestSchema } from '@parley/contracts/background-jobs';
import { EXPLAIN_PATH, explainRequestSchema, INTERNAL_HEADER } from '@parley/contracts/explain';
import {
  BATCH_CANCEL_PATH,
  BATCH_LIST_PATH,
  BATCH_READ_PATH,
  batchCancelRequestSchema,
  batchListRequestSchema,
  batchReadRequestSchema,
} from '@parley/contracts/kept-batches';
import { mappingTrialSchema, TRY_MAPPING_PATH } from '@parley/contracts/mapping-trial';
import { OWN_CALL_PATH, ownCallSchema } from '@parley/contracts/own-call';
import { isInternalCall } from '@parley/kernel/internal-call';
import type { z } from 'zod';
import { jobsForPortal } from '../background/tell-portal.ts';
import { batchesForPortal, cancelForPortal, readForPortal } from '../batches/tell-portal.ts';
import { tryMapping } from '../mapping/try-mapping.ts';
import type { Ports } from '../ports/ports.ts';
import { explain } from './explain.ts';
import { answerOwnCall } from './own-call.ts';

const MAX_BYTES = 2 * 1024 * 1024;

/** What the portal may ask: an answer to what was asked, or what is wrong with the question. */
type Question = (asked: unknown, ports: Ports) => Promise<{ reply: object } | { issues: object }>;

function question<Asked extends z.ZodType>(
  shape: Asked,
  reply: (asked: z.output<Asked>, ports: Ports) => Promise<object>,
): Question {
  return async (asked, ports) => {
    const { data, error } = shape.safeParse(asked);
    return error ? { issues: error.issues } : { reply: await reply(data, ports) };
  };
}

const QUESTIONS: ReadonlyMap<string, Question> = new Map<string, Question>([
  [EXPLAIN_PATH, question(explainRequestSchema, explain)],
  [
    BACKGROUND_JOBS_PATH,
    question(backgroundJobsRequestSchema, ({ applicationId }, { background }) =>
      jobsForPortal(background.store, applicationId),
    ),
  ],
  [
    BATCH_LIST_PATH,
    question(batchListRequestSchema, ({ applicationId }, { batches }) => batchesForPortal(batches, applicationId)),
  ],
  [BATCH_CANCEL_PATH, question(batchCancelRequestSchema, (asked, { batches }) => cancelForPortal(batches, asked))],
  [BATCH_READ_PATH, question(batchReadRequestSchema, (asked, { batches }) => readForPortal(batches, asked))],
  [OWN_CALL_PATH, question(ownCallSchema, answerOwnCall)],
  [TRY_MAPPING_PATH, question(mappingTrialSchema, tryMapping)],
]);

/** Whether an address is one at which the portal asks. */
export function isQuestion(url: string | undefined): boolean {
  return url !== undefined && QUESTIONS.has(url);
}

/** Answers one question of the portal. */
export type Explainer = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * The explanations of this gateway, for whoever knows the operator's internal secret; to everybody else the address
 * says no more than any that is not there.
 */
export function explainer(ports: Ports, secret: string): Explainer {
  return (request, response) => {
    answer(request, response, ports, secret).catch((error: unknown) => {
      ports.log.error('an explanation failed', { error });
      if (!response.headersSent) send(response, 500, { code: 'internal' });
    });
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, ports: Ports, secret: string): Promise<void> {
  const token = request.headers[INTERNAL_HEADER];
  const body = request.method === 'POST' && typeof token === 'string' ? await read(request) : null;
  const nowMs = ports.clock.nowMs();
  const path = request.url ?? '';
  const question = QUESTIONS.get(path);
  if (body === null || question === undefined || !isInternalCall(String(token), secret, path, body, nowMs)) {
    response.setHeader('connection', 'close');
    return send(response, 401, { code: 'key_missing' });
  }
  const outcome = await question(parsed(body), ports);
  if ('issues' in outcome) return send(response, 400, { code: 'invalid_parameter', issues: outcome.issues });
  send(response, 200, outcome.reply);
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}

/** The body as text; `null` when it is too long. */
async function read(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
