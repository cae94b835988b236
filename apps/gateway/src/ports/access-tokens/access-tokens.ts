/** A key that access tokens are got for. `secret`: what proves whose it is; sent to nobody but its token endpoint. */
export interface TokenKey {
  readonly id: string;
  readonly secret: string;
}

/** Access tokens for providers that take no key itself (Google's service accounts). */
export interface AccessTokens {
  /** A token that is at hand and good; `null` where one has to be waited for. */
  held(key: TokenKey): string | null;
  /** Gets a token: one question for all who ask at the same time. `null`: there is none now. Never rejects. */
  get(key: TokenKey): Promise<string | null>;
  /** The provider refused this token. False: another one was got for such a refusal a moment ago, so none will help. */
  refused(key: TokenKey, token: string): boolean;
}
