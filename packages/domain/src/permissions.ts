/**
 * Every permission, in plain words; a verb names the one it needs. Built-in roles are rows of this table; custom roles
 * choose from the same list.
 */
export const PERMISSIONS = {
  'tenant.read': 'See the tenant and its settings',
  'tenant.write': 'Change the tenant’s settings',
  'members.read': 'See members, teams and invitations',
  'members.write': 'Invite, remove and change members, teams and roles',
  'tokens.read': 'See management tokens',
  'tokens.write': 'Make and revoke management tokens',
  'audit.read': 'Read the audit log',
  'providers.read': 'See providers, models and prices',
  'providers.write': 'Change providers, their keys, models and prices',
  'upstreams.read': 'See upstream services',
  'upstreams.write': 'Change upstream services',
  'apis.read': 'See APIs in every state, their routes and plans',
  'apis.write': 'Create and change APIs, routes and plans',
  'apis.publish': 'Publish, deprecate, retire and roll back API versions',
  'prompts.read': 'See prompts and their versions',
  'prompts.write': 'Write and test prompts',
  'knowledge.read': 'See and search collections of documents',
  'knowledge.write': 'Make collections, add and remove documents',
  'approvals.read': 'See who asks for and holds access to the tenant’s APIs',
  'approvals.decide': 'Approve, refuse, suspend and revoke subscriptions',
  'applications.read': 'See applications, their subscriptions and keys',
  'applications.write': 'Create and change applications and ask for subscriptions',
  'keys.write': 'Make, rotate and revoke API keys',
  'usage.read': 'See usage, cost and the request log',
  'billing.read': 'See credit, balances, invoices and the ledger',
  'billing.write': 'Buy credit and keep a card; give and take back credit, record payments and credit notes',
  'budgets.read': 'See budgets and cost reports',
  'budgets.request': 'Ask for more budget for a while',
  'budgets.write': 'Make and change budgets, and decide on requests for more',
  'bodies.read': 'Read what was asked and answered in calls, where it is kept; each reading is noted in the audit log',
  'system.read': 'See failed jobs and system health',
  'system.write': 'Retry and dismiss failed jobs',
} as const;

export type Permission = keyof typeof PERMISSIONS;

export const ALL_PERMISSIONS = Object.keys(PERMISSIONS) as Permission[];

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(PERMISSIONS, text);
}

export type BuiltInRole = 'owner' | 'admin' | 'publisher' | 'developer' | 'viewer';

/** Reading these is no business of somebody who only looks. */
const NOT_FOR_VIEWERS: readonly Permission[] = ['tokens.read', 'audit.read', 'bodies.read'];
const VIEWER: Permission[] = ALL_PERMISSIONS.filter(
  (permission) => permission.endsWith('.read') && !NOT_FOR_VIEWERS.includes(permission),
);
const DEVELOPER: Permission[] = [
  'tenant.read',
  'members.read',
  'apis.read',
  'applications.read',
  'applications.write',
  'keys.write',
  'usage.read',
  'budgets.read',
  'budgets.request',
];
const PUBLISHER: Permission[] = [
  ...DEVELOPER,
  'providers.read',
  'providers.write',
  'upstreams.read',
  'upstreams.write',
  'apis.write',
  'apis.publish',
  'prompts.read',
  'prompts.write',
  'knowledge.read',
  'knowledge.write',
  'approvals.read',
  'approvals.decide',
  'billing.read',
  'budgets.write',
];

export const BUILT_IN_ROLES: Readonly<
  Record<BuiltInRole, { name: string; summary: string; permissions: readonly Permission[] }>
> = {
  owner: {
    name: 'Owner',
    summary: 'Everything, and the only role that may make other owners.',
    permissions: ALL_PERMISSIONS,
  },
  admin: { name: 'Admin', summary: 'Everything except making owners.', permissions: ALL_PERMISSIONS },
  publisher: { name: 'Publisher', summary: 'Providers, prompts, APIs, plans and approvals.', permissions: PUBLISHER },
  developer: { name: 'Developer', summary: 'Applications, keys, subscriptions and usage.', permissions: DEVELOPER },
  viewer: { name: 'Viewer', summary: 'Looks, changes nothing.', permissions: VIEWER },
};

/** Permissions of a role: the code's table for built-in ones, the stored list (unknown names dropped) for custom ones. */
export function permissionsOf(role: {
  slug: string;
  builtIn: boolean;
  permissions: readonly string[];
}): ReadonlySet<Permission> {
  if (role.builtIn && Object.hasOwn(BUILT_IN_ROLES, role.slug)) {
    return new Set(BUILT_IN_ROLES[role.slug as BuiltInRole].permissions);
  }
  return new Set(role.permissions.filter(isPermission));
}
