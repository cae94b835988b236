import { type AddressInfo, connect } from 'node:net';
import { createServer } from 'node:tls';
import { makeCertificate } from './certificate.ts';

/** TLS in front of a plain server of this machine. */
export interface TlsFront {
  readonly port: number;
  /** What a client has to trust. */
  readonly ca: string;
  close(): Promise<void>;
}

/** Ends TLS for a server at 127.0.0.1, for clients that speak nothing else (OpenAI's realtime client). */
export async function tlsFront(behind: number): Promise<TlsFront> {
  const { cert, key } = makeCertificate(['localhost']);
  const server = createServer({ cert, key }, (secure) => {
    const plain = connect(behind, '127.0.0.1');
    for (const [from, to] of [
      [secure, plain],
      [plain, secure],
    ] as const) {
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    ca: cert,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
