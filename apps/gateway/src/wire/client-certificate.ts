import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { type CertificateNames, certificateNames } from '@parley/domain/certificates/certificate-names';
import { StreamSocket } from '../door/http2/h2-request.ts';
import { Failure } from '../ports/tokens/failure.ts';
import { GenerationCache } from '../snapshot/generation-cache.ts';
import { AddressRanges, plainAddress } from './address-ranges.ts';
import { readForwarded } from './forwarded-certificate.ts';

/** Headers in which proxies tell of a client's certificate: never passed on, whoever sent them. */
export const CERTIFICATE_HEADERS = ['client-cert', 'x-forwarded-client-cert'] as const;
export type CertificateHeader = (typeof CERTIFICATE_HEADERS)[number];

/** What a client has shown that it holds the key of. */
export interface Presented extends CertificateNames {
  /** Somebody who may has checked who issued it: its names say something. Its thumbprint always does. */
  readonly verified: boolean;
}

const REMEMBERED = 5000;

/**
 * The client certificates of this gateway's connections. Behind the operator's own proxies
 * (`GATEWAY_TRUSTED_PROXIES`) what they say in the header that the operator named counts, and from nobody else; else the
 * certificate of the TLS connection itself.
 */
export class ClientCertificates {
  readonly #header: CertificateHeader | null;
  readonly #proxies: AddressRanges | null;
  readonly #chainChecked: boolean;
  readonly #byText = new GenerationCache<string, Presented | Failure>(REMEMBERED);
  readonly #bySocket = new WeakMap<TLSSocket, Presented | Failure>();

  /** `chainChecked`: the gateway's TLS knows the authorities of its clients. */
  constructor(header: CertificateHeader | null, trustedProxies: readonly string[], chainChecked: boolean) {
    this.#header = header;
    this.#proxies = trustedProxies.length > 0 ? new AddressRanges(trustedProxies) : null;
    this.#chainChecked = chainChecked;
  }

  /** The certificate of whoever sent a request; `null` without one, a failure for what is none. */
  of(request: IncomingMessage): Presented | Failure | null {
    const { socket } = request;
    if (this.#header !== null && this.#proxies?.has(plainAddress(socket.remoteAddress ?? ''))) {
      return this.#forwarded(request, this.#header);
    }
    const tls: unknown = socket instanceof StreamSocket ? socket.tls : socket;
    return tls instanceof TLSSocket ? this.#shown(tls) : null;
  }

  #forwarded({ headers }: IncomingMessage, name: CertificateHeader): Presented | Failure | null {
    const value = headers[name];
    if (value === undefined) return null;
    const text = typeof value === 'string' ? value : value.join(', ');
    let known = this.#byText.get(text);
    if (known === undefined) {
      const read = readForwarded(name, text);
      known = read instanceof Failure ? read : { ...read, verified: true };
      this.#byText.set(text, known);
    }
    return known;
  }

  #shown(socket: TLSSocket): Presented | Failure | null {
    const known = this.#bySocket.get(socket);
    if (known !== undefined) return known;
    const certificate = socket.getPeerX509Certificate();
    if (certificate === undefined) return null;
    let read: Presented | Failure;
    try {
      read = { ...certificateNames(certificate), verified: this.#chainChecked && socket.authorized };
    } catch {
      read = new Failure('The certificate cannot be read');
    }
    this.#bySocket.set(socket, read);
    return read;
  }
}
