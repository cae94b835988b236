import type { CallerMethod, CallersPolicy } from '@parley/contracts/policies/callers';

type Words = { readonly [Kind in CallerMethod['kind']]: (method: Extract<CallerMethod, { kind: Kind }>) => string };

const WORDS: Words = {
  apiKey: () => 'an API key',
  introspection: ({ issuer }) => `a token that ${issuer} vouches for`,
  jwt: ({ issuer }) => `a token of ${issuer}`,
  basic: () => 'an API key as a password',
  hmac: () => 'a signature with a shared secret',
  certificate: () => 'a client certificate',
  oauth2: () => 'an access token issued here',
  partyToken: () => 'a party token',
};

function wordsOf<Kind extends CallerMethod['kind']>(method: Extract<CallerMethod, { kind: Kind }>): string {
  return WORDS[method.kind](method);
}

/** By what callers show who they are, in a sentence. */
export function callersSummary({
  methods,
  scopes = [],
  tiers = [],
  dataClass,
  identityHeaders = true,
}: CallersPolicy): string {
  const ways = methods?.map(wordsOf) ?? ['an API key'];
  const needed =
    scopes.length > 0 ? `, with ${scopes.length === 1 ? 'the scope' : 'the scopes'} ${scopes.join(', ')}` : '';
  const parties = [
    tiers.length > 0
      ? ` Party tokens are taken of ${tiers.length === 1 ? 'the tier' : 'the tiers'} ${tiers.join(', ')} only.`
      : '',
    dataClass === undefined ? '' : ` Party tokens must open ${dataClass} data.`,
  ].join('');
  const told = identityHeaders ? '' : ' The upstream is not told who calls.';
  return `Callers show ${ways.join(', or ')}${needed}.${parties}${told}`;
}
