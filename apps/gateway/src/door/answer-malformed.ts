import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newId } from '@parley/kernel/id';
import { docUrl, refusal } from '../refusals.ts';

const BAD_REQUEST = '400 Bad Request';
const MALFORMED_STATUS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_PAUSED_H2_UPGRADE: '505 HTTP Version Not Supported',
};
/** A request line whose method nobody here knows (RFC 9110 §15.6.2). */
const UNKNOWN_METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64} [!-~]{1,8192} HTTP\/1\.[01]\r\n/;
/** A version with the right form (RFC 9110 §15.6.6). */
const OTHER_VERSION = /^[!-~]{1,64} [!-~]{1,8192} HTTP\/\d\.\d\r\n/;
/** A request line that is too long by itself (RFC 9112 §3: 414 is a must). */
const LONG_TARGET = /^[A-Z]{3,10} [!-~]{8000,}/;

interface ParseError extends NodeJS.ErrnoException {
  readonly rawPacket?: Buffer;
}

function statusLine(error: ParseError): string {
  const begin = error.rawPacket?.subarray(0, 16_384).toString('latin1') ?? '';
  if (error.code === 'HPE_INVALID_METHOD' && UNKNOWN_METHOD.test(begin)) return '501 Not Implemented';
  if (error.code === 'HPE_INVALID_VERSION' && OTHER_VERSION.test(begin)) return '505 HTTP Version Not Supported';
  if (error.code === 'HPE_HEADER_OVERFLOW' && LONG_TARGET.test(begin)) return '414 URI Too Long';
  return MALFORMED_STATUS[error.code ?? ''] ?? BAD_REQUEST;
}

/** Node keeps the answer being written on the socket. */
type AnsweringSocket = Socket & { _httpMessage?: (ServerResponse & { req: IncomingMessage }) | null };

/**
 * Answers what cannot be parsed as HTTP and closes. An answer that was begun for the same request is broken off; one for
 * an earlier request is finished first, so that no caller takes this answer for its own.
 */
export function answerMalformed(error: ParseError, socket: Socket, portalUrl: string): void {
  const current = (socket as AnsweringSocket)._httpMessage ?? null;
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (current?.req.complete === true && !current.writableFinished) {
    socket.pause();
    current.shouldKeepAlive = false;
    current.once('finish', () => socket.destroySoon());
    return;
  }
  if (current?.headersSent === true) socket.destroy();
  else answerAndClose(socket, statusLine(error), portalUrl);
}

/** Answers `CONNECT`: this is no tunnel (RFC 9110 §9.3.6). */
export function refuseTunnel(socket: Socket, portalUrl: string): void {
  answerAndClose(socket, '501 Not Implemented', portalUrl);
}

function answerAndClose(socket: Socket, status: string, portalUrl: string): void {
  const { code, message, nextStep } = refusal('malformed_request');
  const requestId = newId();
  const body = JSON.stringify({
    type: docUrl(code, portalUrl),
    title: message,
    status: Number(status.slice(0, 3)),
    detail: nextStep,
    code,
    requestId,
  });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n` +
      `x-request-id: ${requestId}\r\nconnection: close\r\n\r\n${body}`,
  );
}
