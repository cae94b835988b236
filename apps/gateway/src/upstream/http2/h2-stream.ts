import type { IncomingHttpHeaders } from 'node:http';
import { type ClientHttp2Session, type ClientHttp2Stream, constants, type OutgoingHttpHeaders } from 'node:http2';
import { type Call, type Carrier, ConnectionLostError } from '../http1/connection.ts';
import { UnsendableRequestError } from '../http1/request-head.ts';

/** Headers that HTTP/2 has another way for, or none (RFC 9113 §8.2.2). */
const LEFT_OUT = new Set(['host', 'connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade']);

/** One call on a connection of HTTP/2. */
export class H2Stream implements Carrier {
  readonly #call: Call;
  readonly #onOver: (call: Call, refused: boolean) => void;
  readonly #stream: ClientHttp2Stream;
  #headSeen = false;
  #ended = false;
  #over = false;

  /** Sends the call. `onOver` is told once, before the call is, unless it was refused: then the call hears nothing. */
  constructor(
    session: ClientHttp2Session,
    authority: { readonly scheme: string; readonly host: string },
    call: Call,
    onOver: (call: Call, refused: boolean) => void,
  ) {
    const { method, path, headers, body } = call.outgoing;
    this.#call = call;
    this.#onOver = onOver;
    const head: OutgoingHttpHeaders = {
      ':method': method,
      ':path': path,
      ':scheme': authority.scheme,
      ':authority': authority.host,
    };
    addHeaders(head, headers);
    this.#stream = session.request(head, { endStream: body === null });
    call.connection = this;
    this.#listen(this.#stream);
    call.onStart();
    if (this.#over) return;
    if (body === null) call.onSent();
    else if (typeof body === 'string' || Buffer.isBuffer(body)) {
      this.#stream.end(body);
      call.onSent();
    } else {
      this.#stream.once('finish', () => this.#over || call.onSent());
      body.once('error', () => this.#stream.close(constants.NGHTTP2_CANCEL));
      body.pipe(this.#stream);
    }
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  abort(): void {
    if (this.#over) return;
    this.#leave(false);
    this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#stream.resume();
  }

  #listen(stream: ClientHttp2Stream): void {
    const call = this.#call;
    let failure: Error | null = null;
    stream.on('response', (fields) => {
      const { ':status': status = 0, ...headers } = fields;
      this.#headSeen = true;
      if (!this.#over) call.onHead(status, headers);
    });
    stream.on('data', (chunk: Buffer) => this.#over || call.onData(chunk));
    stream.on('trailers', (fields: IncomingHttpHeaders) => this.#over || call.onTrailers?.(fields));
    stream.on('end', () => {
      this.#ended = true;
    });
    stream.on('error', (error: Error) => {
      failure = error;
    });
    stream.on('close', () => {
      if (this.#over) return;
      const refused = stream.rstCode === constants.NGHTTP2_REFUSED_STREAM && !this.#headSeen;
      const whole = this.#ended && this.#headSeen && stream.rstCode === constants.NGHTTP2_NO_ERROR && failure === null;
      this.#leave(refused);
      if (whole) call.onEnd();
      else if (!refused)
        call.onError(new ConnectionLostError(failure?.message ?? `the stream was reset (${stream.rstCode})`));
    });
  }

  #leave(refused: boolean): void {
    this.#over = true;
    this.#call.connection = null;
    this.#onOver(this.#call, refused);
  }
}

function addHeaders(head: OutgoingHttpHeaders, flat: readonly string[]): void {
  for (let at = 0; at < flat.length; at += 2) {
    const name = flat[at] as string;
    const value = flat[at + 1] as string;
    if (LEFT_OUT.has(name)) continue;
    if (name.startsWith(':') || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new UnsendableRequestError(`no header to send: ${name}`);
    }
    const before = head[name];
    head[name] = before === undefined ? value : [...(Array.isArray(before) ? before : [String(before)]), value];
  }
}
