export { entrySubject } from './routes/subject.ts'

import { entryRoutes } from './routes/entries.ts'
import { ledgerRoutes } from './routes/ledgers.ts'
import { tableRoutes } from './routes/tables.ts'

export const routes = [...ledgerRoutes, ...entryRoutes, ...tableRoutes]
