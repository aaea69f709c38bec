/** Where the grid is redrawn, components take the cells they now lie in. */
import type { Listener } from '@pentad/platform/module'
import { isRefusal } from '@pentad/platform/refusal'
import { locatorOf } from '../locator.ts'
import { lostCells, settleInCells } from './queries.ts'

export const listeners: readonly Listener[] = [
  {
    name: 'geography.settle-components',
    topics: ['geography.cells-changed'],
    async hear(db, news) {
      const changes = news.map(({ about }) => (about as { ended: string[] }).ended)
      const locator = await locatorOf(db)
      // After a change of many cells the news names none: whichever are no more.
      const lost = changes.some((ended) => ended.length === 0) ? await lostCells(db) : []
      const cells = [...new Set([...changes.flat(), ...lost])]
      await settleInCells(db, cells, (point) => {
        const place = locator.placeOf(point)
        return isRefusal(place) ? undefined : place.cell
      })
    },
  },
]
