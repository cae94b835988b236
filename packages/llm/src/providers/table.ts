import { type ProviderSettings, providerSettingsSchema } from '@parley/contracts/provider-format';
import { COMPATIBLE } from './compatible.ts';
import { FIRST_CLASS } from './first-class.ts';
import type { ProviderPreset, ProviderQuirks } from './preset.ts';

/** Every provider that can be picked by name: those with formats of their own first, then by id. */
export const PROVIDER_TABLE: readonly ProviderPreset[] = [...FIRST_CLASS, ...COMPATIBLE];

const BY_ID: ReadonlyMap<string, ProviderPreset> = new Map(PROVIDER_TABLE.map((preset) => [preset.id, preset]));

export function presetById(id: string): ProviderPreset | null {
  return BY_ID.get(id) ?? null;
}

/** The provider under which the catalogue lists a preset's offers; `null` for one that was not picked from the table. */
export function catalogueProvider(presetId: string | null): string | null {
  return (presetId && (BY_ID.get(presetId)?.sellsAs ?? presetId)) || null;
}

/** Quirks of a provider by its preset; none for one that was not picked from the table. */
export function quirksOf(presetId: string | null | undefined): ProviderQuirks {
  return (presetId && BY_ID.get(presetId)?.quirks) || {};
}

/**
 * A preset's address with its settings filled in, or the settings that are missing for it. Settings hold no slashes, so
 * none can lead elsewhere than the preset does. `region: global` is Vertex AI's host without a region.
 */
export function presetBaseUrl(
  preset: ProviderPreset,
  settings: ProviderSettings,
): { url: string } | { missing: string[] } {
  const missing = (preset.needs ?? []).filter((name) => !settings[name]);
  if (missing.length > 0) return { missing };
  const known = providerSettingsSchema.parse(settings);
  const host =
    preset.format === 'vertex' && known.region === 'global' ? preset.baseUrl.replace('{region}-', '') : preset.baseUrl;
  const url = host.replace(/\{(\w+)\}/g, (_, name: string) => fill(known, name));
  return { url };
}

/** Only settings of one word are named in addresses. */
function fill(settings: Readonly<Record<string, unknown>>, name: string): string {
  const value = settings[name];
  return typeof value === 'string' ? value : '';
}
