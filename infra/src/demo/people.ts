/** Who lives in the demo: two companies, and what each person is there. The first of a tenant is its owner. */
export const DEMO_TENANTS = [
  {
    slug: 'aurora',
    name: 'Aurora Robotics',
    description: 'Publishes models, prompts and its parts service.',
    file: 'aurora.yaml',
    people: [
      { email: 'dana@aurora.example', name: 'Dana Whitfield', role: 'owner' },
      { email: 'piet@aurora.example', name: 'Piet de Vries', role: 'publisher' },
      { email: 'vera@aurora.example', name: 'Vera Lindqvist', role: 'viewer' },
    ],
  },
  {
    slug: 'nimbus',
    name: 'Nimbus Logistics',
    description: 'Builds on Aurora’s APIs.',
    file: 'nimbus.yaml',
    people: [
      { email: 'noor@nimbus.example', name: 'Noor Haddad', role: 'owner' },
      { email: 'sam@nimbus.example', name: 'Sam Okafor', role: 'developer' },
    ],
  },
] as const;

export type DemoTenant = (typeof DEMO_TENANTS)[number];
export type DemoPerson = DemoTenant['people'][number];
