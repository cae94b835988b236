import type { ResumableStreamsPolicy } from '@parley/contracts/policies/resumable-streams';
import { inBackground, USUAL as USUAL_BACKGROUND } from '../background/accept-job.ts';
import { JobAnswer } from '../background/job-answer.ts';
import { noted } from '../explain/notes.ts';
import { refusal } from '../refusals.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { addNote } from '../wire/response-headers.ts';
import { KeptResponse } from './kept-response.ts';
import { StreamWriter } from './stream-writer.ts';

const USUAL: ResumableStreamsPolicy = { when: 'asked', graceSeconds: 60, keepMinutes: 10 };

/**
 * Makes a streamed answer one that can be taken up again: where its caller asks for it, where the policy says so of all, and
 * of the Responses API's in the background. `null` where no call can ask.
 */
export function keepStream({ policies }: EndpointSource): Stage | null {
  const policy = policies.resumableStreams ?? USUAL;
  const background = policies.background ?? USUAL_BACKGROUND;
  const stage: Stage = (exchange, ports) => {
    if (!exchange.stream || exchange.response instanceof JobAnswer) return null;
    const named = inBackground(exchange);
    if (!named && !(policy.when === 'always' || (policy.when === 'asked' && exchange.wantsResumable))) return null;
    const { id, caller, tenant, api, subject, dialect, model, offer } = exchange;
    if (caller === null || tenant === null || api === null) return refusal('internal');
    if (tenant.dataKey === null) return refusal('configuration_unavailable', { retryAfterSeconds: 2 });
    const graceMs = named ? background.maxRunMinutes * 60_000 : policy.graceSeconds * 1000;
    const writer = new StreamWriter({
      store: ports.streams.store,
      exchange,
      facts: {
        id,
        applicationId: caller.application.id,
        tenantId: tenant.id,
        apiId: api.id,
        subject: subject === caller.key.id ? '' : subject,
        dialect,
        model: model?.slug ?? offer?.model?.slug ?? '',
        createdS: Math.floor(ports.clock.nowMs() / 1000),
        keepMs: policy.keepMinutes * 60_000,
      },
      dataKey: tenant.dataKey,
      aliveMs: ports.streams.aliveMs,
      log: ports.log,
      onBegin: (begun) => ports.streams.add(begun, graceMs, ports),
      onEnd: (ended) => ports.streams.remove(ended),
    });
    exchange.response = new KeptResponse(exchange, writer);
    addNote(exchange, 'x-parley-stream', id);
    return null;
  };
  return noted(stage, { step: null, policy: null, harmless: false, sentence: () => '' });
}
