import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Relative addresses: the page's <base> says under which path the engine, or a proxy before it, serves.
// MOTIA_CONTROL names the control socket of a running engine (`.motia/control.sock`) for `npm run dev`.
const control = process.env.MOTIA_CONTROL;

export default defineConfig({
  base: './',
  plugins: [react(), tailwindcss()],
  server: {
    host: '127.0.0.1',
    ...(control === undefined ? {} : { proxy: { '/v1': { target: { socketPath: control } as never } } }),
  },
  build: {
    outDir: 'dist',
    target: 'es2022',
    sourcemap: false,
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0, // the content security policy allows no data: scripts or styles
  },
});
