import type { RouterOutputs } from '@/trpc/root.ts';

type TableRow = RouterOutputs['providers']['presets']['items'][number];
export type ProviderFormat = TableRow['format'];

/** A provider one can start from: a row of the provider table, or one of the two below. */
export interface Preset extends Omit<TableRow, 'id'> {
  /** Row of the provider table; `null` for what is not in it. */
  readonly id: string | null;
  /** Short name it is suggested under. */
  readonly slug: string;
  readonly about: string;
}

const PLAIN = {
  id: null,
  format: 'openai_chat',
  keyEnv: null,
  docsUrl: '',
  needs: [],
  takes: [],
  modelCount: 0,
} as const;

export const SIMULATOR: Preset = {
  ...PLAIN,
  needs: [],
  takes: [],
  slug: 'simulator',
  name: 'Parley simulator',
  baseUrl: 'http://127.0.0.1:8081/v1',
  auth: 'bearer',
  about: 'No real model and no cost: for trying Parley out',
};

export const OTHER: Preset = {
  ...PLAIN,
  needs: [],
  takes: [],
  slug: '',
  name: 'Another server',
  baseUrl: '',
  auth: 'bearer',
  about: 'Anything that speaks one of the formats, by its address',
};

/** Formats in words; the values are those the services know. */
export const FORMATS: readonly { readonly value: ProviderFormat; readonly label: string }[] = [
  { value: 'openai_chat', label: 'OpenAI chat completions' },
  { value: 'openai_responses', label: 'OpenAI responses' },
  { value: 'anthropic', label: 'Anthropic messages' },
  { value: 'gemini', label: 'Gemini (AI Studio)' },
  { value: 'vertex', label: 'Google Vertex AI' },
  { value: 'bedrock', label: 'Amazon Bedrock Converse' },
  { value: 'azure', label: 'Azure OpenAI' },
  { value: 'cohere', label: 'Cohere' },
];

export function formatLabel(value: string): string {
  return FORMATS.find((one) => one.value === value)?.label ?? value;
}

export function presetOf(row: TableRow): Preset {
  const models = row.modelCount === 0 ? '' : ` · ${row.modelCount} models known`;
  return { ...row, slug: row.id, about: `${formatLabel(row.format)}${models}` };
}

/** Settings a person types, with words; of a kind that needs more (deployment names) there are the API and YAML. */
export const SETTINGS = [
  { name: 'region', label: 'Region or location', hint: 'eu-central-1, europe-west4, global, …' },
  { name: 'project', label: 'Project', hint: 'Id of the Google Cloud project.' },
  { name: 'account', label: 'Account', hint: 'Name of the resource or account in its address.' },
  { name: 'apiVersion', label: 'API version', hint: 'Only for Azure’s dated interface, such as 2024-10-21.' },
] as const;
export type SettingName = (typeof SETTINGS)[number]['name'];
export type Settings = Partial<Record<SettingName, string>>;

/** Settings of a format wherever it is, beyond those in a preset's address. */
export const FORMAT_NEEDS: Readonly<Partial<Record<ProviderFormat, readonly SettingName[]>>> = {
  vertex: ['project', 'region'],
  bedrock: ['region'],
};

/** The address with the settings that are there filled in; placeholders stay for the others. */
export function addressOf(preset: Preset, settings: Settings): string {
  const base =
    preset.format === 'vertex' && settings.region === 'global'
      ? preset.baseUrl.replace('{region}-', '')
      : preset.baseUrl;
  return base.replaceAll(/\{(\w+)\}/g, (whole, name: SettingName) => settings[name] || whole);
}

/** What was typed, without empty fields. */
export function givenSettings(settings: Settings): Settings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value.trim() !== ''));
}

type AllSettings = RouterOutputs['providers']['list']['items'][number]['settings'];

/** Settings that forms have a field for. */
export function shownSettings({ region, project, account, apiVersion }: AllSettings): Settings {
  return {
    ...(region ? { region } : {}),
    ...(project ? { project } : {}),
    ...(account ? { account } : {}),
    ...(apiVersion ? { apiVersion } : {}),
  };
}

/** The others, which a form must not lose. */
export function hiddenSettings({ region: _, project: __, account: ___, apiVersion: ____, ...rest }: AllSettings) {
  return rest;
}

/** The settings with what a pasted key says by itself: a service account's file names its project. */
export function settingsOfKey(format: ProviderFormat, secret: string, settings: Settings): Settings {
  if (format !== 'vertex' || settings.project) return settings;
  const project = /"project_id"\s*:\s*"([a-z0-9:._-]{1,100})"/i.exec(secret)?.[1];
  return project === undefined ? settings : { ...settings, project };
}
