/** Signing in again over what is open, when the server has forgotten the session. */
import { reactive } from 'vue'

export const renewSession = reactive({
  open: false,
  show() {
    renewSession.open = true
  },
  close() {
    renewSession.open = false
  },
})
