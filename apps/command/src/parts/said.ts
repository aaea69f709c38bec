/** A short word that an act is done, below the top bar so that no figure is hidden. */
import { ElMessage } from 'element-plus'

export const sayDone = (message: string): void => {
  ElMessage({ type: 'success', message, offset: 56, grouping: true })
}
