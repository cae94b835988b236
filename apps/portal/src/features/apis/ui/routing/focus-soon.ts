/** Puts the focus on the first of these that can take it, once the page shows what was just changed. */
export function focusSoon(ids: readonly string[]): void {
  requestAnimationFrame(() => {
    const found = ids
      .map((id) => document.getElementById(id))
      .find((one) => one instanceof HTMLButtonElement && !one.disabled);
    found?.focus();
  });
}
