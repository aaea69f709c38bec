/** The citizen's page (市民城管通): served at the root, for any phone. */
import { defineConfig, mergeConfig } from 'vite'
import { webApp } from '../../web/vite.ts'

export default mergeConfig(webApp('/', import.meta.dirname), defineConfig({}))
