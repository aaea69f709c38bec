/** docs/features.md says what the tests prove. */
import { allProofs, featureFindings } from '../../features.ts'
import type { Check } from '../check.ts'
import { textOf } from '../files.ts'

export const features: Check = {
  name: 'features.md',
  async run({ write }) {
    const proofs = allProofs()
    const proved = new Set(proofs.map((p) => p.id)).size
    return { findings: featureFindings(textOf('docs/features.md'), proofs, write), note: `${proved} rows proved` }
  },
}
