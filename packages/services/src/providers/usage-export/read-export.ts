import { parseCsv } from '@parley/llm/bench/csv';
import { anthropicRows } from './anthropic-json.ts';
import { csvRows } from './csv.ts';
import { ExportProblem, type ExportRow, fieldsOf } from './export-row.ts';
import { openAiRows } from './openai-json.ts';

const MOST_ROWS = 50_000;
const MOST_DAYS = 92;
const MOST_MODELS = 500;

export interface UsageExport {
  /** What it was taken for. */
  readonly format: string;
  readonly rows: readonly ExportRow[];
  /** The provider said that more pages follow the last one. */
  readonly incomplete: boolean;
}

/**
 * Reads a provider's usage or cost export, JSON (a page of its API, or a list of pages) or CSV. Everything in it must be
 * understood: throws `ExportProblem` with the place and what is wrong with it.
 */
export function readExport(text: string): UsageExport {
  const found = /^\s*[[{]/.test(text) ? fromJson(text) : { ...csvRows(parseCsv(text)), incomplete: false };
  const { rows } = found;
  if (rows.length === 0) throw new ExportProblem('The export', 'says nothing of any day.');
  if (rows.length > MOST_ROWS) throw new ExportProblem('The export', `has more than ${MOST_ROWS} lines.`);
  if (new Set(rows.map(({ day }) => day)).size > MOST_DAYS) {
    throw new ExportProblem('The export', `is of more than ${MOST_DAYS} days: take a part of it.`);
  }
  if (new Set(rows.map(({ model }) => model)).size > MOST_MODELS) {
    throw new ExportProblem('The export', `has more than ${MOST_MODELS} models.`);
  }
  if (new Set(rows.flatMap(({ currency }) => currency ?? [])).size > 1) {
    throw new ExportProblem('The export', 'has costs in several currencies.');
  }
  return found;
}

function fromJson(text: string): UsageExport {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new ExportProblem('The export', `is no JSON: ${error instanceof Error ? error.message : 'unreadable'}.`);
  }
  const pages: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
  if (pages.length === 0) throw new ExportProblem('The export', 'is an empty list.');
  const all = pages.map((page, at) => fieldsOf(page, pages.length > 1 ? `[${at}]` : 'The export'));
  const last = all.at(-1);
  const ofOpenAi = all.every(({ object }) => object === 'page');
  return {
    format: ofOpenAi ? 'OpenAI (JSON)' : 'Anthropic (JSON)',
    rows: ofOpenAi ? openAiRows(pages) : anthropicRows(pages),
    incomplete: last?.['has_more'] === true,
  };
}
