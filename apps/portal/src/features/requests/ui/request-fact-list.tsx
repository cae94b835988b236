import { Bytes, RelativeTime, ShortId } from '@parley/ui/format';
import { TextLink } from '@parley/ui/link';
import type { ReactNode } from 'react';
import { useShell } from '@/shell/shell-context.tsx';
import { nameOf, type RequestFacts } from './request-item.ts';
import { sessionPath } from './sessions/session-link.ts';
import { SIDE_PURPOSE_WORDS } from './side-purposes.ts';

const KINDS: Readonly<Record<RequestFacts['kind'], string>> = {
  rest: 'REST call to an upstream service',
  prompt: 'Prompt endpoint',
  chat: 'Chat completion',
  models: 'List of models',
  websocket: 'WebSocket',
};

const CACHE_USES: Readonly<Record<NonNullable<RequestFacts['cache']>, string>> = {
  hit: 'A kept answer, still fresh',
  stale: 'A kept answer, outdated',
  revalidated: 'A kept answer that the upstream confirmed',
  collapsed: 'The answer to an equal call at the same time',
  semantic: 'A kept answer to a question of the same meaning',
  replayed: 'The first answer to a repeated Idempotency-Key',
};

const OUTPUT_CHECKS: Readonly<Record<NonNullable<RequestFacts['outputCheck']>, string>> = {
  first: 'The first answer fits',
  repaired: 'The second answer fits; the first did not',
  failed: 'No answer fits',
};

const MEANING_OUTCOMES: Readonly<
  Record<NonNullable<NonNullable<RequestFacts['inside']>['meaningRoute']>['outcome'], string>
> = {
  matched: 'fits',
  below: 'the nearest is too far',
  late: 'the embedding took too long',
  failed: 'the embedding failed',
  wordless: 'it does not end with the user’s words',
};

/** Who called what, and where it went. What only the publisher may know is absent for the consumer. */
export function RequestFactList({ facts }: { facts: RequestFacts }) {
  const { can, href, tenant } = useShell();
  const ours = facts.publisher.id === tenant.id;
  const callerIsUs = facts.consumer.id === tenant.id;
  const { inside } = facts;
  return (
    <section aria-labelledby="facts-title" className="flex flex-col gap-2">
      <h2 id="facts-title" className="font-semibold text-sm">
        Who called what
      </h2>
      <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-x-4 gap-y-2 text-sm sm:grid-cols-[10rem_minmax(0,1fr)]">
        <Fact name="Kind">
          {facts.purpose === null ? KINDS[facts.kind] : 'Asked by the gateway itself'}
          {facts.stream && ', streamed'}
        </Fact>
        {facts.purpose && <Fact name="Asked for">{SIDE_PURPOSE_WORDS[facts.purpose]}</Fact>}
        {facts.parentId && (
          <Fact name="During the call">
            <TextLink href={href(`requests/${facts.parentId}`)}>{facts.parentId}</TextLink>
          </Fact>
        )}
        <Fact name="API">
          {facts.api === null ? (
            'None: the call reached no API'
          ) : ours && can('apis.read') && facts.api.slug ? (
            <TextLink href={href(`apis/${facts.api.slug}`)}>{nameOf(facts.api)}</TextLink>
          ) : facts.api.slug && facts.publisher.slug ? (
            <TextLink href={href(`catalogue/${facts.publisher.slug}/${facts.api.slug}`)}>{nameOf(facts.api)}</TextLink>
          ) : (
            nameOf(facts.api)
          )}
          {facts.apiVersion?.slug && ` · ${facts.apiVersion.slug}`}
        </Fact>
        {inside?.routeId && (
          <Fact name="Route">
            {inside.route ? (
              <span className="break-all font-mono text-xs">
                {inside.route.method} {inside.route.path}
              </span>
            ) : (
              'deleted'
            )}
          </Fact>
        )}
        <Fact name="Publisher">{nameOf(facts.publisher)}</Fact>
        <Fact name="Application">
          {callerIsUs && can('applications.read') && facts.application.slug ? (
            <TextLink href={href(`applications/${facts.application.slug}`)}>{nameOf(facts.application)}</TextLink>
          ) : (
            nameOf(facts.application)
          )}
          {!callerIsUs && ` of ${nameOf(facts.consumer)}`}
        </Fact>
        <Fact name="Key">{facts.key.name ?? <ShortId id={facts.key.id} />}</Fact>
        {facts.plan && <Fact name="Plan">{nameOf(facts.plan)}</Fact>}
        {facts.model && <Fact name="Model">{facts.model}</Fact>}
        {inside?.provider && inside.attempts > 0 && (
          <Fact name="Sent to">
            {nameOf(inside.provider)}
            {inside.providerModel && ` as ${inside.providerModel}`}
          </Fact>
        )}
        {inside?.promptVersion && (
          <Fact name="Prompt">
            {inside.promptVersion.prompt ?? 'deleted'}
            {inside.promptVersion.number !== null && `, version ${inside.promptVersion.number}`}
          </Fact>
        )}
        <Fact name="Request size">
          <Bytes value={facts.requestBytes} />
        </Fact>
        <Fact name="Answer size">
          <Bytes value={facts.responseBytes} />
        </Fact>
        {facts.messages && (
          <Fact name="Messages">
            {facts.messages.in.toLocaleString('en')} received, {facts.messages.out.toLocaleString('en')} sent
          </Fact>
        )}
        {facts.sessionId && (
          <Fact name="Session">
            <TextLink
              href={href(sessionPath(facts.sessionId, facts.application.id, ours ? 'published' : 'consumed'))}
              className="break-all font-mono text-xs"
            >
              {facts.sessionId}
            </TextLink>
          </Fact>
        )}
        {facts.endUser && (
          <Fact name="End user">
            <TextLink
              href={href(`requests?user=${encodeURIComponent(facts.endUser)}`)}
              className="break-all font-mono text-xs"
            >
              {facts.endUser}
            </TextLink>
          </Fact>
        )}
        {facts.party && (
          <Fact name="Party">
            <TextLink
              href={href(`requests?party=${encodeURIComponent(facts.party.acting)}`)}
              className="break-all font-mono text-xs"
            >
              {facts.party.acting}
            </TextLink>
            {facts.party.principal !== facts.party.acting && ` for ${facts.party.principal}`},{' '}
            <TextLink href={href(`requests?party-token=${facts.party.tokenId}`)}>all calls of its token</TextLink>
          </Fact>
        )}
        {Object.keys(facts.tags).length > 0 && (
          <Fact name="Tags">
            <span className="flex flex-wrap gap-x-3 gap-y-1">
              {Object.entries(facts.tags).map(([name, value]) => (
                <TextLink
                  key={name}
                  href={href(`requests?tag=${encodeURIComponent(`${name}=${value}`)}`)}
                  className="break-all font-mono text-xs"
                >
                  {name}={value}
                </TextLink>
              ))}
            </span>
          </Fact>
        )}
        {facts.variant && <Fact name="Variant">{facts.variant}</Fact>}
        {facts.finishReason && <Fact name="Model ended with">{facts.finishReason.replaceAll('_', ' ')}</Fact>}
        {facts.outputCheck && <Fact name="Output schema">{OUTPUT_CHECKS[facts.outputCheck]}</Fact>}
        {inside?.meaningRoute && (
          <Fact name="Routed by meaning">
            {inside.meaningRoute.name ?? `No route: ${MEANING_OUTCOMES[inside.meaningRoute.outcome]}`}
            {inside.meaningRoute.closeness !== null &&
              `, ${Math.round(inside.meaningRoute.closeness * 1000) / 10} % close`}
          </Fact>
        )}
        {facts.semantic && (
          <Fact name="Same meaning">
            {Math.round(facts.semantic.closeness * 1000) / 10} % close
            {facts.cache !== 'semantic' && ', on trial: the model was asked'}
            {facts.semantic.agreement !== null &&
              `; the answers are ${Math.round(facts.semantic.agreement * 100)} % alike`}
          </Fact>
        )}
        {facts.cache && <Fact name="Answered from">{CACHE_USES[facts.cache]}</Fact>}
        {inside && <Fact name="Upstream tries">{inside.attempts}</Fact>}
        {inside && <Fact name="Gateway node">{inside.node}</Fact>}
        <Fact name="Recorded">
          <RelativeTime at={facts.storedAt} />
        </Fact>
      </dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </>
  );
}
