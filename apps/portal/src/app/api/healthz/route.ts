export { handleHealth as GET } from '@/server/health.ts';
export const dynamic = 'force-dynamic';
