import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Only migrate commands connect; generate, format and validate never do.
  datasource: { url: process.env['DATABASE_URL'] ?? 'postgresql://unset' },
});
