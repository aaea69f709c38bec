/** The officer's phone (执法城管通): served below /officer/, kept whole on the phone by its service worker. */
import { defineConfig, mergeConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import product from '../../package.json' with { type: 'json' }
import { webApp } from '../../web/vite.ts'

const ours = defineConfig({
  define: { __APP_VERSION__: JSON.stringify(product.version) },
  build: {
    // Zod and the word that keeps it from trying `Function` in one file, so that the word comes before every schema.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|no-eval/ }] } } },
  },
  plugins: [
    VitePWA({
      // A new version waits until the officer takes it: a page must not reload under a half-written report.
      registerType: 'prompt',
      injectRegister: null,
      manifest: {
        name: '执法城管通',
        short_name: '城管通',
        lang: 'zh-CN',
        start_url: '/officer/',
        scope: '/officer/',
        display: 'standalone',
        orientation: 'portrait',
        background_color: '#f5f7fa',
        theme_color: '#1668dc',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,woff2}'],
        maximumFileSizeToCacheInBytes: 6 * 1024 * 1024,
        navigateFallback: '/officer/index.html',
        navigateFallbackAllowlist: [/^\/officer\//],
        cleanupOutdatedCaches: true,
        // The very first visit is kept too: the officer may walk into a basement right after signing in.
        clientsClaim: true,
        runtimeCaching: [
          {
            urlPattern: ({ url }) => url.pathname === '/api/geography/base-map',
            handler: 'StaleWhileRevalidate',
            options: { cacheName: 'base-map' },
          },
          {
            // A photo never changes; the name says so to sign-out, which clears this cache.
            urlPattern: ({ url }) => /^\/api\/cases\/[^/]+\/photos\//.test(url.pathname),
            handler: 'CacheFirst',
            options: {
              cacheName: 'case-photos',
              expiration: { maxEntries: 400, maxAgeSeconds: 14 * 86_400, purgeOnQuotaError: true },
              cacheableResponse: { statuses: [200] },
            },
          },
        ],
      },
    }),
  ],
})

export default mergeConfig(webApp('/officer/', import.meta.dirname), ours)
