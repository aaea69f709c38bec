/** Search and analysis: the door for the server. */
import type { Module } from '@pentad/platform/module'

export const analysis: Module = { name: 'analysis' }
