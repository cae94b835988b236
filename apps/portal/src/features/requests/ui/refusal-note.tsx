import { TextLink } from '@parley/ui/link';
import { Notice } from '@parley/ui/page';
import type { RequestFacts } from './request-item.ts';

const REMEDIES: Readonly<Record<NonNullable<RequestFacts['explanation']>['remedy'], string>> = {
  caller: 'The caller can set this right.',
  publisher: 'The publisher of the API can set this right.',
  operator: 'The operator of this gateway can set this right.',
  time: 'This passes by itself.',
};

const ERROR_WORDS: Readonly<Record<NonNullable<RequestFacts['errorClass']>, string>> = {
  key: 'key',
  access: 'access',
  limit: 'limit',
  guardrail: 'guardrail',
  request: 'the request itself',
  upstream_timeout: 'upstream too slow',
  upstream_limit: 'upstream’s own limit',
  upstream_cut: 'upstream broke off',
  upstream: 'upstream',
  client_left: 'caller left',
  gateway: 'gateway',
};

/** Why a call was not answered as asked, in plain words, with the next step; nothing for one that was. */
export function RefusalNote({ facts }: { facts: RequestFacts }) {
  const { explanation, code, status } = facts;
  if (explanation) {
    const tone = status >= 500 ? 'danger' : 'warning';
    return (
      <Notice tone={tone} title={`Why? ${explanation.title}`}>
        <p>{explanation.happened}</p>
        <p className="mt-1.5">
          <span className="font-medium">What to do: </span>
          {explanation.todo}
        </p>
        <p className="mt-1.5 text-xs">
          {REMEDIES[explanation.remedy]} Kind: {facts.errorClass ? ERROR_WORDS[facts.errorClass] : 'none'}. Code{' '}
          <TextLink href={`/docs/errors#${code}`} className="font-mono text-current">
            {code}
          </TextLink>
        </p>
      </Notice>
    );
  }
  if (facts.abortedBy !== 'none') {
    return (
      <Notice tone="warning" title={facts.abortedBy === 'client' ? 'The caller left early' : 'The upstream broke off'}>
        What had been used until then is counted.
      </Notice>
    );
  }
  if (status < 400) return null;
  return (
    <Notice tone="warning" title={`The upstream itself answered ${status}`}>
      The gateway let the call through and passed this answer on as it came
      {code ? (
        <>
          , with the code <span className="font-mono">{code}</span>
        </>
      ) : null}
      . What it means is in the upstream’s own documentation.
    </Notice>
  );
}
