import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction, connect as netConnect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { connect as tlsConnect } from 'node:tls';
import type { AddressCheck } from './addresses.ts';

/** The name or address of an upstream leads to a place the gateway may not call. */
export class ForbiddenAddressError extends Error {
  readonly code = 'PARLEY_FORBIDDEN_ADDRESS';

  constructor(host: string) {
    super(`${host} has no address the gateway may connect to`);
    this.name = 'ForbiddenAddressError';
  }
}

/** No connection came about in time. */
export class ConnectTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

export interface SafeConnectOptions {
  readonly check: AddressCheck;
  readonly timeoutMs: number;
  /** Certificate authorities (PEM) to trust instead of the system's. */
  readonly ca?: string;
  /** What is offered with TLS (ALPN, RFC 7301); HTTP/1.1 unless told. */
  readonly protocols?: readonly string[];
  /** Name resolution; the system's unless told. */
  readonly resolve?: typeof systemLookup;
}

/** Where to connect to, in the terms of a URL. */
export interface ConnectTarget {
  /** `http:` or `https:`. */
  readonly protocol: string;
  readonly hostname: string;
  /** Empty for the protocol's own. */
  readonly port: string;
  /** The name its certificate has to bear, where that is not the host name. */
  readonly servername?: string | undefined;
}

/** Called once, never before `connect` has returned. */
export type Connected = (error: Error | null, socket: Socket | null) => void;

/** Opens a connection; what is read may go into a place of the caller's (`net.connect`'s `onread`). */
export type SafeConnector = (
  target: ConnectTarget,
  callback: Connected,
  onread?: TcpNetConnectOpts['onread'],
) => Socket | null;

const TCP_KEEP_ALIVE_MS = 60_000;

/**
 * The only way out for addresses a tenant controls. Names are resolved here, each address is judged, and the socket is
 * opened to the very addresses that passed: there is no second resolution to rebind. No proxies.
 */
export function safeConnector(options: SafeConnectOptions): SafeConnector {
  const { check, timeoutMs, ca, protocols = ['http/1.1'], resolve = systemLookup } = options;
  /** Of each name the session of its last good connection, for a shorter handshake. */
  const sessions = new Map<string, Buffer>();
  const lookup: LookupFunction = (hostname, given, callback) => {
    resolve(hostname, { ...given, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const passed = addresses.filter(({ address }) => check(address));
      const [first] = passed;
      if (first === undefined) return callback(new ForbiddenAddressError(hostname), '');
      if (given.all) return callback(null, passed);
      callback(null, first.address, first.family);
    });
  };

  function open(target: ConnectTarget, host: string, onread: TcpNetConnectOpts['onread']): Socket {
    const secure = target.protocol === 'https:';
    const port = Number(target.port) || (secure ? 443 : 80);
    const tcp = { host, port, lookup, ...(onread === undefined ? {} : { onread }) };
    if (!secure) return netConnect(tcp);
    const name = target.servername ?? host;
    const session = sessions.get(name);
    const socket = tlsConnect({
      ...tcp,
      ...(isIP(name) === 0 ? { servername: name } : {}),
      ...(session === undefined ? {} : { session }),
      ...(ca === undefined ? {} : { ca }),
      ALPNProtocols: [...protocols],
      rejectUnauthorized: true,
    });
    socket.on('session', (fresh) => {
      if (socket.authorized) keepSession(name, fresh);
    });
    return socket;
  }

  function keepSession(name: string, session: Buffer): void {
    if (sessions.size >= MAX_SESSIONS) sessions.clear();
    sessions.set(name, session);
  }

  return (target, callback, onread) => {
    // A literal address is never looked up, so it is judged here. URLs have normalised odd spellings (0x7f.1) already.
    const host = target.hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0 && !check(host)) {
      queueMicrotask(() => callback(new ForbiddenAddressError(host), null));
      return null;
    }
    const socket = open(target, host, onread);
    socket.setNoDelay(true).setKeepAlive(true, TCP_KEEP_ALIVE_MS);
    tellOnce(socket, target.protocol === 'https:' ? 'secureConnect' : 'connect', timeoutMs, callback);
    return socket;
  };
}

const MAX_SESSIONS = 100;

function tellOnce(socket: Socket, event: 'connect' | 'secureConnect', timeoutMs: number, callback: Connected): void {
  const timer = setTimeout(() => {
    socket.destroy(new ConnectTimeoutError(`no connection within ${timeoutMs} ms`));
  }, timeoutMs);
  let told = false;
  const tell = (error: Error | null): void => {
    clearTimeout(timer);
    if (told) return;
    told = true;
    callback(error, error === null ? socket : null);
  };
  socket.once(event, () => tell(null));
  socket.on('error', tell);
  socket.on('close', () => tell(new Error('the connection was closed before it was made')));
}
