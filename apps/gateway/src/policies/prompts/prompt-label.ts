import type { Exchange } from '../../exchange.ts';
import { deciding } from '../../explain/notes.ts';
import { refusal } from '../../refusals.ts';
import { headerValues } from '../../routing/call-facts.ts';
import type { PromptOffer } from '../../snapshot/compiled.ts';
import type { EndpointSource, Stage } from '../../stage.ts';

const HEADER = 'x-parley-prompt-label';

/** From here on the call is one to that version. */
export function takeOffer(exchange: Exchange, offer: PromptOffer): void {
  exchange.offer = offer;
  exchange.promptVersionId = offer.promptVersionId;
  exchange.model = offer.model;
}

/**
 * Serves the version under the label that a caller asks for, where the publisher opens it; refuses to guess otherwise. A
 * call without the header pays for one look-up.
 */
export function promptLabel({ policies }: EndpointSource): Stage {
  const allowed = new Set(policies.promptLabels?.allow);
  return deciding('promptLabels', (exchange) => {
    const [label] = headerValues(exchange, HEADER);
    if (label === undefined) return null;
    const target = exchange.version?.target;
    if (target?.kind !== 'prompt') return refusal('internal');
    const offer = allowed.has(label) ? target.others.get(label) : undefined;
    if (offer === undefined) return refusal('prompt_label_refused');
    takeOffer(exchange, offer);
    exchange.promptLabel = label;
    return null;
  });
}
