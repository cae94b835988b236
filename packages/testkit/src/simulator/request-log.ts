import type { IncomingMessage, ServerResponse } from 'node:http';

/** What happened to one request, as `GET /_simulator/requests` tells it. */
export interface RequestRecord {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  /** As received, but a key that is not the simulator's own kind is masked. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON body when it is at most 16 KiB, else null. */
  body: unknown;
  model: string | null;
  stream: boolean;
  /** Faults that hit this request. */
  faults: readonly string[];
  status: number | null;
  /** Stream events written, `[DONE]` included. */
  chunksSent: number;
  /** `open` until the socket is done with it; `cut` when the simulator broke it off on request. */
  outcome: 'open' | 'answered' | 'client_left' | 'cut';
  /** The client closed the connection before the answer was complete. */
  clientLeft: boolean;
  durationMs: number | null;
}

export interface RequestLog {
  begin(request: IncomingMessage, response: ServerResponse, id: string): RequestRecord;
  readonly recent: () => readonly RequestRecord[];
  /** Requests since the start or the last clear, also those no longer kept. */
  total(): number;
  clear(): void;
}

const KEPT = 500;

/** Headers that carry keys, in any format. */
const KEYS = ['authorization', 'x-api-key', 'api-key', 'x-goog-api-key'] as const;
const OWN_KEY = /^(?:Bearer )?sim-[\w.-]*$/;

function safeHeaders(request: IncomingMessage): RequestRecord['headers'] {
  const headers: Record<string, string | string[] | undefined> = { ...request.headers };
  for (const name of KEYS) {
    if (headers[name] !== undefined && !OWN_KEY.test(String(headers[name]))) headers[name] = '(masked)';
  }
  return headers;
}

/** Google takes keys in the query. */
function safePath(url: string): string {
  return url.replace(/([?&]key=)(?!sim-)[^&]*/g, '$1(masked)');
}

export function requestLog(): RequestLog {
  let records: RequestRecord[] = [];
  let total = 0;
  return {
    begin(request, response, id) {
      const startedMs = performance.now();
      const record: RequestRecord = {
        id,
        at: new Date().toISOString(),
        method: request.method ?? '',
        path: safePath(request.url ?? ''),
        headers: safeHeaders(request),
        body: null,
        model: null,
        stream: false,
        faults: [],
        status: null,
        chunksSent: 0,
        outcome: 'open',
        clientLeft: false,
        durationMs: null,
      };
      response.once('close', () => {
        record.status = response.headersSent ? response.statusCode : null;
        record.durationMs = Math.round(performance.now() - startedMs);
        if (record.outcome !== 'open') return;
        record.clientLeft = !response.writableFinished;
        record.outcome = record.clientLeft ? 'client_left' : 'answered';
      });
      records.push(record);
      if (records.length > KEPT) records = records.slice(-KEPT);
      total++;
      return record;
    },
    recent: () => records.toReversed(),
    total: () => total,
    clear() {
      records = [];
      total = 0;
    },
  };
}
