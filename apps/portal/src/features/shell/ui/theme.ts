/** `light`, `dark`, or absent for the system's. */
export const THEME_COOKIE = 'parley-theme';

export type Theme = 'light' | 'dark' | 'system';

/** The theme that a page's cookies ask for; `undefined` for the system's. */
export function themeIn(cookies: string): 'light' | 'dark' | undefined {
  const chosen = new RegExp(`(?:^|;\\s*)${THEME_COOKIE}=(light|dark)(?:;|$)`).exec(cookies)?.[1];
  return chosen === 'light' || chosen === 'dark' ? chosen : undefined;
}

/** The theme that was chosen on this page's document. */
export function readTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
}

/** Applies a theme now and remembers it for a year. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') {
    delete root.dataset.theme;
    document.cookie = `${THEME_COOKIE}=; path=/; max-age=0; samesite=lax`;
    return;
  }
  root.dataset.theme = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}
