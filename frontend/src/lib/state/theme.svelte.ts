/** Dark or light: the system's choice until the person makes one, which is kept on this machine. */

const KEY = 'neuroglow.theme';

export class Theme {
  dark = $state(true);

  /** Read the stored or the system's choice, follow the system while there is no own one. */
  start(): void {
    const system = matchMedia('(prefers-color-scheme: dark)');
    const own = localStorage.getItem(KEY);
    this.#show(own === null ? system.matches : own === 'dark');
    system.addEventListener('change', (event) => {
      if (localStorage.getItem(KEY) === null) this.#show(event.matches);
    });
  }

  toggle(): void {
    this.#show(!this.dark);
    localStorage.setItem(KEY, this.dark ? 'dark' : 'light');
  }

  #show(dark: boolean): void {
    this.dark = dark;
    document.documentElement.dataset.theme = dark ? 'dark' : 'light';
  }
}

export const theme = new Theme();
