/** Why a credential is not good: told in `WWW-Authenticate` only (RFC 6750 §3), in plain ASCII without quotes. */
export class Failure {
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }
}
