import type { RouterOutputs } from '@/trpc/root.ts';

export type Conversation = RouterOutputs['conversations']['get'];
export type Turn = Conversation['timeline'][number];
export type Preview = RouterOutputs['conversations']['preview'];
export type Read = RouterOutputs['conversations']['read'];
export type Message = Read['turns'][number]['messages'][number];

interface Words {
  readonly name: string;
  readonly does: string;
}

/** What each strategy does (docs/context-protocol.md, CP-6.5); one that is newer than this table is shown by its name. */
const STRATEGIES: Readonly<Record<string, Words>> = {
  none: { name: 'Everything', does: 'All turns, always. A call that they do not fit into is refused.' },
  truncate: { name: 'Truncate', does: 'As many of the newest turns as fit.' },
  sliding: {
    name: 'Sliding window',
    does: 'The newest turns, beginning at a place that stays put for many calls: providers’ prompt caches are hit.',
  },
  relevance: {
    name: 'By relevance',
    does: 'The newest turns, and of those before them the ones that are close to what is asked.',
  },
  hierarchical: {
    name: 'By topic',
    does: 'The newest turns, and of those before them the topics that are close to what is asked, with notes of the rest.',
  },
  summarise: { name: 'Summarise', does: 'The newest turns, and a summary of those before them.' },
};

export function strategyWords(strategy: string): Words {
  return STRATEGIES[strategy] ?? { name: plain(strategy), does: '' };
}

const WHY: Readonly<Record<string, string>> = {
  pinned: 'pinned',
  answered_by_request: 'the request answers its tool call',
  recent: 'recent',
  relevant: 'close to what is asked',
  topic: 'of a topic that is close',
  summarised: 'in the summary',
  budget: 'no room',
  open: 'was still being answered',
  stray_tool_part: 'half of a tool call',
};

/** Why something is sent or not, as the gateway says it. */
export function whyWords(why: string): string {
  return WHY[why] ?? plain(why).toLowerCase();
}

function plain(name: string): string {
  const words = name.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

const TURN_STATES: Readonly<Record<Turn['state'], string | null>> = {
  complete: null,
  cut: 'Broke off: what had been said by then is kept',
  open: 'Being answered, when it was last heard of',
};

/** What is to be said of a turn's state; `null` for one that ended well. */
export function turnStateWords(state: Turn['state']): string | null {
  return TURN_STATES[state];
}

/** Who a turn came from, as far as the record of its call says. */
export function speakerOf({ call }: Turn): { readonly name: string; readonly note: string } {
  if (call === null) return { name: 'The application', note: '' };
  if (call.party !== null) {
    const { acting, principal } = call.party;
    return { name: acting, note: acting === principal ? 'party' : `party, acting for ${principal}` };
  }
  if (call.endUser !== null) return { name: call.endUser, note: 'end user, as the application says' };
  return { name: 'The application', note: 'with its key' };
}

/** What asked a model in a turn; `null` for what was appended, and where the record of its call has not come yet. */
export function askedIn({ call }: Turn): (NonNullable<Turn['call']> & { readonly model: string }) | null {
  return call === null || call.model === null ? null : { ...call, model: call.model };
}

/** Colours of speakers: the charts', by the order in which they first spoke. */
const COLOURS = [1, 2, 3, 4, 5, 6, 7, 8];

export function coloursOf(timeline: readonly Turn[]): ReadonlyMap<string, string> {
  const names = [...new Set(timeline.map((turn) => speakerOf(turn).name))];
  return new Map(names.map((name, at) => [name, `var(--p-chart-${COLOURS[at % COLOURS.length]})`]));
}

/** What was sent of each turn: messages are told one by one, people think of turns. */
export interface TurnUse {
  readonly turn: string;
  readonly sent: number;
  readonly left: number;
  readonly why: readonly string[];
}

export function usesOf(entries: Preview['entries']): TurnUse[] {
  const groups = Map.groupBy(entries, ({ turn }) => turn);
  return [...groups].map(([turn, messages]) => {
    const tokens = (sent: boolean): number =>
      messages.filter((one) => one.sent === sent).reduce((sum, one) => sum + one.tokens, 0);
    return { turn, sent: tokens(true), left: tokens(false), why: [...new Set(messages.map(({ why }) => why))] };
  });
}
