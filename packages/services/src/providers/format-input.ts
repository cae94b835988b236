import {
  PROVIDER_FORMATS,
  type ProviderFormat,
  type ProviderSettings,
  providerSettingsSchema,
} from '@parley/contracts/provider-format';
import { presetBaseUrl, presetById } from '@parley/llm/providers/table';
import { z } from 'zod';
import { wrongField } from '../conflict.ts';
import { checkBaseUrl } from '../outbound/base-url.ts';
import { storedSettings } from './provider-shape.ts';

/** How a provider is told apart from the plain one: a row of the provider table, or a format; and its settings. */
export const formatInput = {
  preset: z.string().trim().max(63, 'At most 63 characters.').optional(),
  format: z.enum(PROVIDER_FORMATS).optional(),
  settings: providerSettingsSchema.optional(),
};

/** Settings a format cannot be called without, wherever it is. */
const NEEDED: Readonly<Partial<Record<ProviderFormat, readonly (keyof ProviderSettings)[]>>> = {
  vertex: ['project', 'region'],
  bedrock: ['region'],
};

const LABELS: Readonly<Partial<Record<keyof ProviderSettings, string>>> = {
  region: 'the region',
  project: 'the project id',
  account: 'the account or resource name',
};

interface Asked {
  readonly preset?: string | undefined;
  readonly format?: ProviderFormat | undefined;
  readonly settings?: ProviderSettings | undefined;
  readonly baseUrl?: string | undefined;
}

export interface WhereAndHow {
  readonly preset: string | null;
  readonly format: ProviderFormat;
  readonly settings: ProviderSettings;
  readonly baseUrl: string;
}

/** What a new provider speaks and where it is. Throws `Fault('invalid_input')` beside what is missing or wrong. */
export function whereAndHow(asked: Asked, allowedPrivate: readonly string[]): WhereAndHow {
  const preset = asked.preset ? presetById(asked.preset) : null;
  if (asked.preset && !preset)
    throw wrongField('preset', `There is no provider called “${asked.preset}” in the table.`);
  if (preset && asked.format && asked.format !== preset.format) {
    throw wrongField('format', `${preset.name} speaks ${preset.format}. Leave the format out, or the preset.`);
  }
  const settings = asked.settings ?? {};
  const format = preset?.format ?? asked.format ?? 'openai_chat';
  const address = asked.baseUrl ?? derived(preset?.id ?? null, settings);
  if (!address) throw wrongField('baseUrl', 'Write the address, or pick a provider that has one.');
  checkNeeded(format, settings);
  return { preset: preset?.id ?? null, format, settings, baseUrl: checkBaseUrl(address, allowedPrivate) };
}

/**
 * Settings and address after a change. An address that came from the table follows the settings, unless one is given.
 */
export function changedWhere(
  before: { preset: string | null; format: string; settings: unknown; baseUrl: string },
  patch: Asked,
  allowedPrivate: readonly string[],
): Partial<Pick<WhereAndHow, 'settings' | 'baseUrl'>> {
  const address = patch.baseUrl === undefined ? {} : { baseUrl: checkBaseUrl(patch.baseUrl, allowedPrivate) };
  const { settings } = patch;
  if (settings === undefined) return address;
  checkNeeded(z.enum(PROVIDER_FORMATS).parse(before.format), settings);
  const followed =
    patch.baseUrl === undefined && derived(before.preset, storedSettings(before.settings), false) === before.baseUrl;
  const followedTo = followed ? derived(before.preset, settings) : null;
  return { settings, ...address, ...(followedTo ? { baseUrl: checkBaseUrl(followedTo, allowedPrivate) } : {}) };
}

function derived(presetId: string | null, settings: ProviderSettings, complain = true): string | null {
  const preset = presetId ? presetById(presetId) : null;
  if (!preset) return null;
  const address = presetBaseUrl(preset, settings);
  if ('url' in address) return address.url;
  if (complain) refuseMissing(address.missing[0]);
  return null;
}

function checkNeeded(format: ProviderFormat, settings: ProviderSettings): void {
  const missing = (NEEDED[format] ?? []).find((name) => !settings[name]);
  if (missing) refuseMissing(missing);
}

function refuseMissing(name: string | undefined): never {
  const label = LABELS[name as keyof ProviderSettings] ?? name;
  throw wrongField(`settings.${name}`, `Write ${label}: this provider cannot be called without it.`);
}
