/** `light`, `dark`, or absent for the system's. */
export const THEME_COOKIE = 'parley-theme';

export type Theme = 'light' | 'dark' | 'system';

/** Runs before the first paint. */
export const THEME_SCRIPT = `(()=>{const r=document.documentElement,m=matchMedia('(prefers-color-scheme: dark)');const c=(document.cookie.match(/(?:^|; )${THEME_COOKIE}=(light|dark)/)||[])[1];const s=()=>{r.dataset.theme=r.dataset.choice||(m.matches?'dark':'light')};if(c)r.dataset.choice=c;s();m.addEventListener('change',s)})()`;

/** The theme that was chosen on this page's document. */
export function readTheme(): Theme {
  const choice = document.documentElement.dataset.choice;
  return choice === 'light' || choice === 'dark' ? choice : 'system';
}

/** Applies a theme now and remembers it for a year. */
export function applyTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') {
    delete root.dataset.choice;
    root.dataset.theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
    document.cookie = `${THEME_COOKIE}=; path=/; max-age=0; samesite=lax`;
    return;
  }
  root.dataset.choice = theme;
  root.dataset.theme = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=31536000; samesite=lax`;
}
