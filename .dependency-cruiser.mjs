/** Who may import whom. The rules come from the order of the modules; `./pentad check` runs them. */
import { rulesFrom } from './apps/cli/check/rules.ts'
import order from './modules/order.mjs'

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: rulesFrom(order),
  options: {
    // An import of types is knowledge too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['/dist/', '^data/'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
}
