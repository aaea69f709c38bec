/** How every web is built: one base address, nothing from outside, no inline script, so that the strictest CSP holds. */
import vue from '@vitejs/plugin-vue'
import type { UserConfig } from 'vite'

export const webApp = (base: string, root: string): UserConfig => ({
  base,
  root,
  plugins: [vue()],
  define: {
    __VUE_OPTIONS_API__: 'true',
    __VUE_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    // Messages are interpreted, not turned into functions: the CSP forbids eval.
    __INTLIFY_JIT_COMPILATION__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // Small files stay files: `data:` addresses would need a wider CSP.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
    // Zod would try whether eval is allowed, which the CSP reports; told beforehand, it does not try.
    rolldownOptions: { output: { banner: 'globalThis.__zod_globalConfig ??= { jitless: true };' } },
  },
  server: {
    proxy: { '/api': { target: process.env.PENTAD_API ?? 'http://127.0.0.1:8080', ws: true } },
  },
})
