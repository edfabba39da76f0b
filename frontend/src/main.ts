import '@fontsource-variable/inter';
import { mount } from 'svelte';

import App from './App.svelte';
import './app.css';
import { theme } from './lib/state/theme.svelte';

const target = document.getElementById('app');
if (!target) throw new Error('The page has no place for the app');

theme.start();
mount(App, { target });
