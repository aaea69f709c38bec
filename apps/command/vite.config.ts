import { webApp } from '@pentad/web/vite.ts'
import { defineConfig } from 'vite'

export default defineConfig(webApp('/command/', import.meta.dirname))
