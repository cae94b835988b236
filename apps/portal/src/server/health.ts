import { ground, redis } from './ground.ts';

/** 200 when the database and Redis answer, otherwise 503 naming the one that does not. */
export async function handleHealth(): Promise<Response> {
  const checks = await Promise.all([
    answers(
      'database',
      ground().db.within({}, (tx) => tx.$queryRaw`SELECT 1`),
    ),
    answers('redis', redis().ping()),
  ]);
  const ok = checks.every((check) => check.ok);
  return Response.json(
    { ok, checks: Object.fromEntries(checks.map(({ name, ok: up }) => [name, up ? 'up' : 'down'])) },
    { status: ok ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
}

async function answers(name: string, question: Promise<unknown>): Promise<{ name: string; ok: boolean }> {
  try {
    await question;
    return { name, ok: true };
  } catch {
    return { name, ok: false };
  }
}
