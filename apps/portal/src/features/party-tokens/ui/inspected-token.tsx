import { Count, RelativeTime } from '@parley/ui/format';
import { Notice, Section } from '@parley/ui/page';
import type { ReactNode } from 'react';
import { PartyPicture } from './party-picture.tsx';
import { type Claims, type Inspected, permissionWords, ruleWords } from './token-words.ts';

const API = 'urn:parley:api:';
const SESSION = 'urn:parley:session:';
const OWN_SESSIONS = 'urn:parley:sessions';

/** What a token says, in words. */
export function InspectedToken({ inspected, claims }: { inspected: Inspected; claims: Claims }) {
  const { active, whyNot, usesLeft, application, key, apis, actedBefore } = inspected;
  const acting = claims.act?.sub ?? claims.sub;
  const names = claims.aud.map((one) => {
    if (one === OWN_SESSIONS) return 'conversations it opens itself';
    return one.startsWith(API) ? (apis[one.slice(API.length)] ?? 'an API that is gone') : one.slice(SESSION.length);
  });
  return (
    <>
      <Notice
        tone={active ? 'success' : 'warning'}
        title={active ? 'This token is good' : 'This token opens nothing now'}
      >
        {active ? (
          <>
            It ends <RelativeTime at={at(claims.exp)} />.
          </>
        ) : (
          whyNot
        )}
      </Notice>
      <Section title="Who takes part">
        <PartyPicture parties={claims.parties} acting={acting} principal={claims.sub} actedBefore={actedBefore} />
      </Section>
      <Section title="What they may do" description="While they act. Everything else is refused.">
        <ul className="flex flex-col divide-y rounded-md border bg-surface text-sm">
          {claims.rules?.map((rule, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rules are named by their places
            <Row key={`rule ${place}`} place={rule.name ?? `rules[${place}]`}>
              {ruleWords(rule)}
            </Row>
          ))}
          {claims.parties.flatMap(({ id, permissions }, party) =>
            (permissions ?? []).map((permission, place) => (
              <Row
                // biome-ignore lint/suspicious/noArrayIndexKey: permissions are named by their places
                key={`${id} ${place}`}
                place={permission.name ?? `parties[${party}].permissions[${place}]`}
              >
                {id} may {permissionWords(permission)}.
              </Row>
            )),
          )}
          {!claims.rules?.length && !claims.parties.some(({ permissions }) => permissions?.length) && (
            <li className="px-4 py-2.5 text-muted">Nobody may do anything with it.</li>
          )}
        </ul>
      </Section>
      <dl className="grid grid-cols-2 gap-x-6 gap-y-4 rounded-md border bg-surface p-4 sm:grid-cols-4">
        <Fact name="Issued by">
          {application.name}
          <span className="font-normal text-muted">, {key ? `key ${key}` : 'a key that is gone'}</span>
        </Fact>
        <Fact name="Issued">
          <RelativeTime at={at(claims.iat)} />
        </Fact>
        <Fact name="Ends">
          <RelativeTime at={at(claims.exp)} />
        </Fact>
        <Fact name="Calls left">
          {claims.allowance === undefined ? 'no bound' : usesLeft === null ? 'not known' : <Count value={usesLeft} />}
        </Fact>
        <Fact name="For">{names.join(', ')}</Fact>
        {claims.stage && <Fact name="Stage">{claims.stage}</Fact>}
        {claims.attest && (
          <Fact name="Signatures">
            {claims.attest.need} of {claims.attest.of.join(', ')}
          </Fact>
        )}
        {claims.data && <Fact name="Data up to">{claims.data}</Fact>}
        {claims.tier && <Fact name="Tier">{claims.tier}</Fact>}
        {claims.scope && <Fact name="Scopes">{claims.scope}</Fact>}
        {claims.from && <Fact name="Exchanged">{claims.from.length} times before</Fact>}
        <Fact name="Id">
          <span className="break-all font-mono text-xs">{claims.jti}</span>
        </Fact>
      </dl>
    </>
  );
}

const at = (seconds: number): string => new Date(seconds * 1000).toISOString();

function Row({ place, children }: { place: string; children: ReactNode }) {
  return (
    <li className="flex flex-col gap-0.5 px-4 py-2.5">
      <span className="break-words">{children}</span>
      <span className="break-all font-mono text-faint text-xs">{place}</span>
    </li>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-muted text-xs">{name}</dt>
      <dd className="break-words font-medium text-sm">{children}</dd>
    </div>
  );
}
