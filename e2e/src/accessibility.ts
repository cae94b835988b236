import type { Page } from '@playwright/test';
import axe from 'axe-core';

/**
 * What keeps people from using the page as it stands, by axe's rules (https://dequeuniversity.com/rules/axe), each with the
 * places it was found in. `rules`: only these. The portal has no frames, so that axe need not be brought into any.
 */
export async function barriers(page: Page, rules: readonly string[] | null = null): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe.source);
  const violations = await page.evaluate(async (only) => {
    const { run } = (globalThis as unknown as { axe: typeof axe }).axe;
    const found = await run(document, {
      resultTypes: ['violations'],
      ...(only === null ? {} : { runOnly: { type: 'rule', values: [...only] } }),
    });
    return found.violations.map(({ id, impact, nodes }) => ({ id, impact, nodes: nodes.map(({ target }) => target) }));
  }, rules);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((target) => target.join(' ')).join(', ')}`);
}
