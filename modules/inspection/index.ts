/** Ledgers and inspections: the door for the server. */
import type { Module } from '@pentad/platform/module'

export const inspection: Module = { name: 'inspection' }
