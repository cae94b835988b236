import { createServer, type Socket } from 'node:net';
import { type AnswerBytes, type AnswerFormat, answerBytes } from './llm-answers.ts';

/**
 * A model provider that costs next to nothing: bytes made beforehand, on plain sockets. Paths say what is wanted:
 * `/whole/{format}/…` an answer at once, `/burst/…` a stream of `pieces` as fast as it goes, `/paced/…` the first piece after
 * 20 ms and one each `paceMs` after it, `/idle/…` one piece and then nothing until `/release` is called.
 * Arguments: port, pieces of a burst, pieces of a paced stream, pace in ms.
 */
const [port = 0, burstPieces = 0, pacedPieces = 0, paceMs = 0] = process.argv.slice(2).map(Number);
const FIRST_MS = 20;
const FORMATS: readonly AnswerFormat[] = ['openai', 'anthropic', 'gemini'];
const bytesOf = new Map<string, AnswerBytes>(FORMATS.map((format) => [format, answerBytes(format)]));
const bursts = new Map(
  [...bytesOf].map(([format, { opening, piece, ending }]) => [
    format,
    Buffer.concat([opening, ...Array<Buffer>(burstPieces).fill(piece), ending]),
  ]),
);
const idle = new Map<Socket, AnswerBytes>();

function pace(socket: Socket, { opening, piece, ending }: AnswerBytes): void {
  let left = pacedPieces;
  socket.write(opening);
  const next = (): void => {
    if (socket.destroyed) return;
    if (left-- <= 0) {
      socket.write(ending);
      return;
    }
    socket.write(piece);
    setTimeout(next, paceMs);
  };
  setTimeout(next, FIRST_MS);
}

function release(): void {
  for (const [socket, { piece, ending }] of idle) socket.write(Buffer.concat([piece, ending]));
  idle.clear();
}

const EMPTY = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

function answer(socket: Socket, target: string): void {
  const [, how = '', format = ''] = target.split('/');
  const bytes = bytesOf.get(format);
  if (how === 'release') release();
  if (bytes === undefined) socket.write(EMPTY);
  else if (how === 'whole') socket.write(bytes.whole);
  else if (how === 'burst') socket.write(bursts.get(format) ?? bytes.whole);
  else if (how === 'paced') pace(socket, bytes);
  else {
    idle.set(socket, bytes);
    socket.write(Buffer.concat([bytes.opening, bytes.piece]));
  }
}

createServer((socket) => {
  let text = '';
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => idle.delete(socket));
  socket.on('data', (data) => {
    text += data.toString('latin1');
    for (;;) {
      const head = text.indexOf('\r\n\r\n');
      if (head === -1) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head))?.[1] ?? 0);
      if (text.length < head + 4 + length) return;
      const target = text.slice(text.indexOf(' ') + 1, text.indexOf(' HTTP/'));
      text = text.slice(head + 4 + length);
      answer(socket, target);
    }
  });
}).listen({ port, host: '127.0.0.1', backlog: 8192 });
