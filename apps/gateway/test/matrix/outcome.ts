import type { FormatLab } from '../format-lab.ts';
import type { Cell, Try } from './features.ts';
import { watched } from './watched-fetch.ts';

/** What a cell of the matrix says. */
export type Outcome =
  | 'ok'
  | `refused: ${string}`
  | `dropped: ${string}`
  /** Never right: the table must not hold one. */
  | `FAILED: ${string}`;

/** JSON of the last request that reached a provider after the first `before`; '' for none. */
function lastSent(lab: FormatLab, before: string | undefined): string {
  const [latest] = lab.simulator.requests();
  return latest === undefined || latest.id === before ? '' : JSON.stringify(latest.body);
}

/** Tries one feature of one pair. Refused counts only with the gateway's own 400 that names the field. */
export async function outcomeOf(lab: FormatLab, format: string, attempt: Try): Promise<Outcome> {
  const before = lab.simulator.requests()[0]?.id;
  const { heard, error } = await watched(async (dropped) => {
    const cell: Cell = {
      model: format,
      thinker: `${format}-thinking`,
      sent: () => lastSent(lab, before),
      dropped: () => dropped,
    };
    await attempt(cell);
  });
  const refused = heard.find(({ unsupported }) => unsupported !== null);
  if (refused !== undefined && error !== null) return `refused: \`${refused.unsupported}\``;
  if (error !== null)
    return `FAILED: ${(error instanceof Error ? error.message : JSON.stringify(error)).split('\n')[0]}`;
  const names = [...new Set(heard.flatMap((answer) => answer.dropped))];
  return names.length === 0 ? 'ok' : `dropped: ${names.map((name) => `\`${name}\``).join(', ')}`;
}
