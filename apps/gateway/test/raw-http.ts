import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Talk {
  readonly answers: readonly RawAnswer[];
  /** The server ended the connection. */
  readonly closed: boolean;
}

/** Answers that are complete in `text`; interim ones (1xx) have no body. */
function parse(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) return answers;
    const [line = '', ...fields] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(
      fields.map((field) => [
        field.slice(0, field.indexOf(':')).toLowerCase(),
        field.slice(field.indexOf(':') + 1).trim(),
      ]),
    );
    const status = Number(line.slice(9, 12));
    const length = status < 200 || status === 204 ? 0 : Number(headers['content-length'] ?? 0);
    if (rest.length < end + 4 + length) return answers;
    answers.push({ status, headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
}

/**
 * Writes bytes (Latin-1) on one connection and gathers whole answers, until there are `expected` or the server closes.
 * Rejects after `deadlineMs` without either.
 */
export function talk(
  port: number,
  bytes: string,
  expected = Number.POSITIVE_INFINITY,
  deadlineMs = 5000,
): Promise<Talk> {
  return new Promise((resolve, reject) => {
    let seen = '';
    const socket: Socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`neither ${expected} answers nor an end in ${deadlineMs} ms; got: ${seen.slice(0, 300)}`));
    }, deadlineMs);
    const finish = (closed: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ answers: parse(seen), closed });
    };
    socket.on('data', (data: Buffer) => {
      seen += data.toString('latin1');
      if (parse(seen).length >= expected) finish(false);
    });
    socket.on('error', () => finish(true));
    socket.on('close', () => finish(true));
  });
}
