import { ALL_PERMISSIONS, PERMISSIONS, type Permission } from '@parley/domain/permissions';

const TITLES: Readonly<Record<string, string>> = {
  tenant: 'Tenant',
  members: 'Team',
  tokens: 'Management tokens',
  audit: 'Audit log',
  providers: 'Models & providers',
  upstreams: 'Upstreams',
  apis: 'APIs',
  prompts: 'Prompts',
  approvals: 'Approvals',
  applications: 'Applications',
  keys: 'API keys',
  usage: 'Usage',
  system: 'System',
};

export interface PermissionGroup {
  readonly title: string;
  readonly permissions: readonly { readonly name: Permission; readonly words: string }[];
}

/** Every permission in plain words, by what it is about. */
export const PERMISSION_GROUPS: readonly PermissionGroup[] = Object.entries(
  Object.groupBy(ALL_PERMISSIONS, (name) => name.slice(0, name.indexOf('.'))),
).map(([noun, names]) => ({
  title: TITLES[noun] ?? noun,
  permissions: (names ?? []).map((name) => ({ name, words: PERMISSIONS[name] })),
}));
