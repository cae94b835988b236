import { webSocketPolicy } from '@parley/contracts/policies/web-socket';
import { noted } from '../explain/notes.ts';
import { askWith } from '../models/ask.ts';
import { turnCounter } from '../policies/web-socket/count-messages.ts';
import type { EndpointSource, Stage } from '../stage.ts';
import { RealtimeRelay } from './relay.ts';

/** OpenAI's own bound of an event with sound is 15 MiB. */
const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
const USUAL = webSocketPolicy.parse({ maxMessageBytes: MAX_MESSAGE_BYTES });

/** Opens the session with the model and joins both sides; the last stage: the connection settles the call when it ends. */
export function forwardRealtime(source: EndpointSource): Stage {
  const opening = { policy: source.policies.webSocket ?? USUAL, count: turnCounter(source) };
  const stage: Stage = (exchange, ports) => {
    askWith(exchange, ports, (failed) => new RealtimeRelay(exchange, ports, opening, failed));
    return null;
  };
  return noted(stage, { step: null, policy: null, harmless: false, sentence: () => '' });
}
