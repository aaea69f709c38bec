/** Zod would try whether it may turn schemas into functions; the CSP forbids that and says so in the console. Import it first. */
import { config } from 'zod'

config({ jitless: true })
