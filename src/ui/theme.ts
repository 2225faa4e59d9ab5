import { computed, effect, signal } from '@preact/signals';
import { remember, remembered } from './remembered.ts';

/** What the reader chose; `auto` follows the system. */
export type ThemeChoice = 'auto' | 'light' | 'dark';

const KEY = 'gatecast.theme';

const chosen = signal<ThemeChoice>('auto');
const systemIsDark = signal(false);

/** The reader's choice. */
export const themeChoice = computed(() => chosen.value);

/** What is seen now. Pictures that paint colours by hand redraw when it changes. */
export const theme = computed<'light' | 'dark'>(() => {
  if (chosen.value !== 'auto') return chosen.value;
  return systemIsDark.value ? 'dark' : 'light';
});

export function chooseTheme(choice: ThemeChoice): void {
  chosen.value = choice;
  remember(KEY, choice);
}

function isChoice(value: unknown): value is ThemeChoice {
  return value === 'auto' || value === 'light' || value === 'dark';
}

function rememberedChoice(): ThemeChoice {
  const value = remembered(KEY);
  return isChoice(value) ? value : 'auto';
}

/** Takes up the remembered choice and keeps `<html data-theme>` in step with it. Returns what ends that. */
export function startTheme(): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const follow = () => { systemIsDark.value = system.matches; };
  follow();
  system.addEventListener('change', follow);
  chosen.value = rememberedChoice();
  const stop = effect(() => {
    const root = document.documentElement;
    if (chosen.value === 'auto') delete root.dataset['theme'];
    else root.dataset['theme'] = chosen.value;
  });
  return () => {
    stop();
    system.removeEventListener('change', follow);
  };
}
