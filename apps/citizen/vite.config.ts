/** The citizen's page (市民城管通): served at the root, for any phone. */
import { defineConfig, mergeConfig } from 'vite'
import { webApp } from '../../web/vite.ts'

export default mergeConfig(
  webApp('/', import.meta.dirname),
  defineConfig({
    build: {
      // Zod and the word that keeps it from trying `Function` in one file, so that the word comes before every schema.
      rolldownOptions: {
        output: { codeSplitting: { groups: [{ name: 'zod', test: /node_modules\/zod\/|no-eval/ }] } },
      },
    },
  }),
)
