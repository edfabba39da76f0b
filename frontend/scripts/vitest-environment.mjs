/** Modules are compiled for the browser, so that effects run, though there is no DOM. */
export default {
  name: 'page',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
};
