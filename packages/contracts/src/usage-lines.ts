/** Usage events as a gateway wrote them, and how many lines were no JSON (torn by a crash in the middle of a write). */
export interface UsageLines {
  /** Not checked against the contract yet. */
  readonly events: unknown[];
  readonly torn: number;
}

/** Reads the text of a spool segment: one JSON object a line. Never throws. */
export function readUsageLines(text: string): UsageLines {
  const events: unknown[] = [];
  let torn = 0;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    try {
      events.push(JSON.parse(line));
    } catch {
      torn++;
    }
  }
  return { events, torn };
}
